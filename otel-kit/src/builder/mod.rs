mod exits;
#[cfg(any(feature = "alerts", feature = "exceptions"))]
mod watching;

use std::{fmt, io::Write, path::PathBuf, sync::Arc};

use otel_kit_core::{Signal, Transport, exception::ExceptionSink};
use otel_kit_sdk::PipelineBuilder;

use crate::{
    assemble::Added,
    config::{Endpoint, PartialConfig, Protocol},
};

/// Builds telemetry that differs from the file and the environment; what is set here wins over both.
///
/// Three ways out: [`init`](Self::init) installs everything globally, [`init_layer`](Self::init_layer)
/// leaves the `tracing` subscriber to you, and [`build`](Self::build) touches nothing global.
///
/// ```
/// # fn main() -> Result<(), otel_kit::InitError> {
/// let telemetry = otel_kit::builder()
///     .service_name("checkout")
///     .environment(|_| None) // as if no variable were set
///     .build()?;
/// assert!(telemetry.flush(std::time::Duration::from_secs(1)).is_complete());
/// # Ok(()) }
/// ```
#[must_use]
pub struct Builder {
    pub(crate) code: PartialConfig,
    pub(crate) file: FileSource,
    pub(crate) environment: Environment,
    pub(crate) terminal: Option<bool>,
    pub(crate) calling_crate: Option<(&'static str, &'static str)>,
    pub(crate) transports: Vec<(Signal, Arc<dyn Transport>)>,
    pub(crate) pipeline: Option<Box<dyn FnOnce(PipelineBuilder) -> PipelineBuilder>>,
    pub(crate) log_output: Option<Box<dyn Write + Send>>,
    pub(crate) exception_sinks: Vec<Arc<dyn ExceptionSink>>,
    pub(crate) added: Added,
}

/// Reads a variable.
type Environment = Box<dyn Fn(&str) -> Option<String>>;

/// Where the configuration file comes from.
pub(crate) enum FileSource {
    /// `OTEL_KIT_CONFIG`, else `otel-kit.yaml` in the working directory if it is there.
    Usual,
    Path(PathBuf),
    Text {
        name: String,
        text: String,
    },
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            code: PartialConfig::default(),
            file: FileSource::Usual,
            environment: Box::new(|name| std::env::var(name).ok()),
            terminal: None,
            calling_crate: None,
            transports: Vec::new(),
            pipeline: None,
            log_output: None,
            exception_sinks: Vec::new(),
            added: Added::default(),
        }
    }

    /// Name of the service, `service.name`.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().service_name("checkout").build()?;
    /// assert_eq!(telemetry.config().service.name.as_deref(), Some("checkout"));
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.code.service.name = Some(name.into());
        self
    }

    /// Base URL of an OTLP receiver, `export.endpoint`.
    ///
    /// ```
    /// # #[cfg(feature = "http")] {
    /// let telemetry = otel_kit::builder().endpoint("http://127.0.0.1:4318").build()?;
    /// let config = telemetry.config().to_string();
    /// assert!(config.contains("export.traces.endpoint: http://127.0.0.1:4318/v1/traces\n"), "{config}");
    /// # }
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.code.export.all.endpoint = Some(Endpoint::from(url.into()));
        self
    }

    /// How telemetry is sent there, `export.protocol`.
    ///
    /// ```
    /// use otel_kit::config::Protocol;
    ///
    /// let telemetry = otel_kit::builder().protocol(Protocol::Console).build()?;
    /// assert!(telemetry.config().to_string().contains("export.traces.protocol: console\n"));
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.code.export.all.protocol = Some(protocol);
        self
    }

    /// Any key of the configuration, as in the file.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().configure(|config| config.traces.sampler.ratio = Some(0.1)).build()?;
    /// assert_eq!(telemetry.config().traces.sampler.ratio, 0.1);
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn configure(mut self, change: impl FnOnce(&mut PartialConfig)) -> Self {
        change(&mut self.code);
        self
    }

    /// Reads this file instead of the usual one; it must be there.
    ///
    /// ```
    /// let error = otel_kit::builder().config_file("/etc/shop/none.yaml").build().unwrap_err();
    /// assert!(error.to_string().starts_with("/etc/shop/none.yaml: cannot be read"), "{error}");
    /// ```
    pub fn config_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = FileSource::Path(path.into());
        self
    }

    /// Takes this text as the configuration file; `name` stands in error messages.
    ///
    /// ```
    /// let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/otel-kit.yaml"));
    /// let telemetry = otel_kit::builder().config_text("otel-kit.yaml", text).build()?;
    /// assert_eq!(telemetry.config().service.namespace.as_deref(), Some("shop"));
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn config_text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.file = FileSource::Text { name: name.into(), text: text.into() };
        self
    }

    /// Asks this function for environment variables instead of the process.
    ///
    /// ```
    /// let variables = |name: &str| (name == "OTEL_SERVICE_NAME").then(|| "checkout".to_owned());
    /// let telemetry = otel_kit::builder().environment(variables).build()?;
    /// assert_eq!(telemetry.config().service.name.as_deref(), Some("checkout"));
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn environment(mut self, variables: impl Fn(&str) -> Option<String> + 'static) -> Self {
        self.environment = Box::new(variables);
        self
    }

    /// Whether the output counts as a terminal: by default standard output is asked, and another
    /// [`log_output`](Self::log_output) is none.
    ///
    /// A terminal gets readable lines, in colour unless `NO_COLOR` is set, and with no endpoint configured it
    /// shows finished traces.
    ///
    /// ```
    /// let on_a_terminal = otel_kit::builder().environment(|_| None).terminal(true).build()?;
    /// assert!(on_a_terminal.config().to_string().contains("logs.format: pretty\n"));
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn terminal(mut self, is_terminal: bool) -> Self {
        self.terminal = Some(is_terminal);
        self
    }

    /// Name and version of the crate to be taken for the service's where nobody gives them;
    /// [`init!`](crate::init!) does this.
    pub fn calling_crate(mut self, name: &'static str, version: &'static str) -> Self {
        self.calling_crate = Some((name, version));
        self
    }

    /// Sends a signal through this transport instead of the configured exporter; of several for one signal,
    /// the last one counts.
    ///
    /// ```
    /// use std::{sync::Arc, time::Duration};
    /// use otel_kit::opentelemetry::trace::{Tracer, TracerProvider};
    /// use otel_kit::{sdk::transport::Memory, transport::Signal};
    ///
    /// let memory = Arc::new(Memory::new());
    /// let telemetry = otel_kit::builder().transport(Signal::Traces, memory.clone()).build()?;
    /// telemetry.tracer_provider().tracer("shop").in_span("order", |_| ());
    /// assert!(telemetry.flush(Duration::from_secs(5)).is_complete());
    /// assert_eq!(memory.requests()[0].items, 1);
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn transport(mut self, signal: Signal, transport: Arc<dyn Transport>) -> Self {
        self.transports.push((signal, transport));
        self
    }

    /// Changes the pipeline before it is built: further exporters, processors, readers and views of the
    /// OpenTelemetry SDK. Not used where telemetry is disabled.
    ///
    /// ```
    /// use otel_kit::sdk::sdk::trace::Sampler;
    ///
    /// let telemetry = otel_kit::builder().pipeline(|pipeline| pipeline.sampler(Sampler::AlwaysOff)).build()?;
    /// # drop(telemetry);
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn pipeline(mut self, change: impl FnOnce(PipelineBuilder) -> PipelineBuilder + 'static) -> Self {
        self.pipeline = Some(match self.pipeline.take() {
            None => Box::new(change),
            Some(before) => Box::new(|pipeline| change(before(pipeline))),
        });
        self
    }

    /// Writes log lines, and what the console exporter shows, here instead of to standard output.
    ///
    /// ```
    /// use std::{fs::File, time::Duration};
    ///
    /// let path = std::env::temp_dir().join(format!("otel-kit-example-{}.log", std::process::id()));
    /// let telemetry = otel_kit::builder().log_output(File::create(&path)?).init()?;
    /// otel_kit::tracing::info!("ready");
    /// assert!(telemetry.flush(Duration::from_secs(5)).is_complete());
    /// assert!(std::fs::read_to_string(&path)?.contains("\"message\":\"ready\""));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn log_output(mut self, output: impl Write + Send + 'static) -> Self {
        self.log_output = Some(Box::new(output));
        self
    }

    /// Tells this sink of the exceptions that adapters come across, such as the errors that handlers hand over
    /// and panics, sampled or not; each further one is told too. Not used where telemetry is disabled.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use otel_kit::exception::{Exception, ExceptionSink};
    ///
    /// #[derive(Debug)]
    /// struct Print;
    ///
    /// impl ExceptionSink for Print {
    ///     fn record(&self, exception: &Exception<'_>) {
    ///         let kind = exception.type_name().unwrap_or_default();
    ///         println!("{} by {}: {kind}", exception.event_name(), exception.mechanism().name());
    ///     }
    /// }
    ///
    /// let telemetry = otel_kit::builder().exception_sink(Arc::new(Print)).build()?;
    /// # drop(telemetry);
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn exception_sink(mut self, sink: Arc<dyn ExceptionSink>) -> Self {
        self.exception_sinks.push(sink);
        self
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("code", &self.code).finish_non_exhaustive()
    }
}
