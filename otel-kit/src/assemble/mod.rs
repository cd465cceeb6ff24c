//! From a configuration to parts that run: providers and way out, log lines, and the kit for adapters.

mod events;
mod exporters;
mod lines;
mod logs;
#[cfg_attr(not(any(feature = "http", feature = "grpc")), allow(unused_imports, unused_variables))]
mod otlp;
mod output;
mod pipeline;
#[cfg(feature = "prometheus")]
mod prometheus;
mod resource;
mod runtime;
mod statements;
mod watchers;

use std::{net::SocketAddr, path::Path, sync::Arc};

use opentelemetry::{metrics::noop::NoopMeterProvider, trace::noop::NoopTracerProvider};
use otel_kit_core::{Kit, KitBuilder, exception::ExceptionSink};
use otel_kit_sdk::{Pipeline, runtime_metrics::RuntimeMetrics};
use tracing::Subscriber;
use tracing_subscriber::{Layer, Registry, filter::LevelFilter, registry::LookupSpan};

use crate::{
    InitError,
    builder::{Builder, FileSource},
    config::{Config, ConfigError, FileConfig, Warning, resolve},
};

pub(crate) use self::lines::Lines;
pub(crate) use self::watchers::Added;
use self::{events::Events, logs::Logs, output::Output, watchers::Watchers};

/// All parts of a telemetry, running but not installed anywhere.
pub(crate) struct Assembled {
    pub(crate) config: Config,
    pub(crate) kit: Kit,
    pub(crate) logs: Logs,
    pub(crate) pipeline: Pipeline,
    /// What is observed of this process, if it is to be.
    pub(crate) runtime_metrics: Option<RuntimeMetrics>,
    /// Serves Prometheus, if it is to.
    #[cfg(feature = "prometheus")]
    pub(crate) prometheus: Option<prometheus::Prometheus>,
    /// What is to be said once somebody listens.
    pub(crate) warnings: Vec<Warning>,
    /// What watches the service.
    pub(crate) watchers: Watchers,
    /// Where each signal goes, in words.
    pub(crate) destinations: Vec<String>,
}

/// Builds all parts, and touches nothing global.
///
/// # Errors
/// See [`InitError`]; nothing is left running.
pub(crate) fn assemble(builder: Builder) -> Result<Assembled, InitError> {
    let Builder {
        code,
        file,
        environment,
        terminal,
        calling_crate,
        transports,
        pipeline,
        log_output,
        exception_sinks,
        added,
    } = builder;
    let output = Output::new(log_output, terminal, &environment);
    let file = read(file, &environment)?;
    let (config, warnings) = resolve(code, &environment, file, output.is_terminal)?;
    let resource = resource::of(&config, calling_crate, &environment);

    let logs = Logs::start(&config, &output, &resource)?;
    let mut watchers = Watchers::prepare(&config, calling_crate.map(|(name, _)| name), &logs, added)?;
    let ways = exporters::ways(&config, &transports, &output)?;
    #[cfg(feature = "prometheus")]
    let port = prometheus::bind(&config)?;
    let destinations = ways.iter().map(exporters::Way::describe).collect();
    let settings = ways.into_iter().fold(pipeline::builder(&config, resource), exporters::Way::add);
    let settings = watchers.need(settings);
    let settings = match pipeline {
        Some(change) if !config.disabled => change(settings),
        _ => settings,
    };
    let pipeline = settings.build()?;
    let events = Events::new(&config, &logs, &pipeline);
    let kit = kit(&config, &pipeline, (events, &watchers), exception_sinks);
    watchers.run(&pipeline, &kit)?;
    let runtime_metrics = runtime::observe(&config, &kit);
    Ok(Assembled {
        #[cfg(feature = "prometheus")]
        prometheus: port.map(|port| prometheus::Prometheus::start(port, &kit)).transpose()?,
        config,
        kit,
        logs,
        pipeline,
        runtime_metrics,
        watchers,
        warnings,
        destinations,
    })
}

impl Assembled {
    /// Spans of `tracing`, log lines and log records, in one.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let recorded = (!self.config.disabled).then_some(&self.pipeline);
        let spans = pipeline::spans(&self.config, &self.pipeline);
        // A list would not tell its layers which subscriber they are in. But directly above a registry a pair
        // takes its level hint from its outer half alone, which therefore speaks for both.
        let (errors, level) = self.watchers.errors(Layer::<S>::max_level_hint(&spans));
        let logs = self.logs.layer(&self.config, recorded, self.watchers.log_lines(), level);
        statements::above(spans.and_then(errors).and_then(logs), level, self)
    }

    /// The port that Prometheus scrapes, if there is one.
    pub(crate) fn prometheus_addr(&self) -> Option<SocketAddr> {
        #[cfg(feature = "prometheus")]
        return Some(self.prometheus.as_ref()?.address());
        #[cfg(not(feature = "prometheus"))]
        None
    }

    /// Log lines alone.
    pub(crate) fn lines(&self) -> impl Layer<Registry> + Send + Sync + use<> {
        self.logs.layer(&self.config, None, None, Some(LevelFilter::OFF))
    }
}

fn read(
    file: FileSource,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<FileConfig>, ConfigError> {
    match file {
        FileSource::Usual => FileConfig::find(Path::new(""), environment),
        FileSource::Path(path) => FileConfig::read(&path, environment).map(Some),
        FileSource::Text { name, text } => FileConfig::parse(&name, &text, environment).map(Some),
    }
}

fn kit(
    config: &Config,
    pipeline: &Pipeline,
    (events, watchers): (Events, &Watchers),
    sinks: Vec<Arc<dyn ExceptionSink>>,
) -> Kit {
    let kit = Kit::builder().propagator(config.propagator()).settings(config.settings());
    if config.disabled {
        kit.tracer_provider(NoopTracerProvider::new()).meter_provider(NoopMeterProvider::new()).build()
    } else {
        let kit = pipeline.snapshots().into_iter().fold(kit, KitBuilder::snapshots);
        let kit = watchers.watch(kit).log_events(Arc::new(events));
        sinks
            .into_iter()
            .fold(kit, KitBuilder::exception_sink)
            .tracer_provider(pipeline.tracer_provider().clone())
            .meter_provider(pipeline.meter_provider().clone())
            .build()
    }
}
