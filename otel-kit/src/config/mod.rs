//! Configuration: parsed once, strictly.
//!
//! Code beats the environment, the environment beats the file `otel-kit.yaml`, the file beats the defaults.
//! Every key of `docs/config.md` is a field of [`PartialConfig`], which the file and code share;
//! [`resolve`] makes a [`Config`] of all layers. In code and file an unknown key, a bad value or a missing
//! cargo feature is a [`ConfigError`] that names place, key and remedy; in the environment it is a
//! [`Warning`].

use std::fmt;

use serde::Deserialize;

use otel_kit_core::propagation::Format;

mod alerts;
mod batch;
mod choice;
mod de;
mod env;
mod error;
mod exceptions;
mod export;
mod file;
mod http;
mod kafka;
mod layers;
mod limits;
mod logs;
mod metrics;
mod print;
mod prometheus;
mod propagators;
mod read;
mod resolve;
mod scalar;
mod secret;
mod service;
mod settings;
mod sql;
mod substitute;
mod traces;
mod unsupported;
mod values;
mod views;
mod yaml;

#[cfg(feature = "alerts")]
pub(crate) use self::alerts::{alert_builder, alert_notifications};
pub use self::{
    alerts::{
        Alerts, PartialAlertRule, PartialAlertmanager, PartialAlerts, PartialBurnRate, PartialChannel,
        PartialConsole, PartialEmail, PartialErrorRatio, PartialExceptionCount, PartialExpr,
        PartialNewException, PartialQuantile, PartialRegression, PartialRoute, PartialSilence, PartialSlack,
        PartialValue, PartialWebhook, PartialWindowed,
    },
    batch::{Batch, PartialBatch},
    error::{ConfigError, Place, Warning},
    exceptions::{PartialExceptionMatch, PartialExceptionRule, PartialExceptions},
    export::{
        Compression, Export, Exporter, Otlp, OtlpProtocol, PartialExport, PartialExporter, PartialTls,
        Protocol, Tls,
    },
    file::FileConfig,
    http::{Http, PartialHttp, PartialHttpClient, PartialHttpServer, PartialInboundRule},
    kafka::PartialKafka,
    limits::{LogLimits, PartialLogLimits, PartialSpanLimits, SpanLimits},
    logs::{
        LineFormat, LogFile, LogFormat, LogKeys, LogRotation, Logs, PartialLogFile, PartialLogKeys,
        PartialLogs,
    },
    metrics::{Exemplars, HistogramAggregation, Metrics, PartialMetrics, Temporality},
    prometheus::{PartialPrometheus, Prometheus},
    resolve::resolve,
    secret::{Endpoint, Secret},
    service::{PartialService, Service},
    sql::PartialSql,
    traces::{PartialSampler, PartialTraces, Sampler, Traces},
    views::{PartialView, View},
};

/// What adapters are told.
pub use otel_kit_core::settings::{
    ExceptionMatch, ExceptionRule, ExceptionSettings, HttpClientSettings, HttpServerSettings, KafkaSettings,
    SqlSettings,
};
/// Value of `traces.error_status`.
pub use otel_kit_sdk::ErrorStatus;

/// What one layer says: the keys of `otel-kit.yaml`, each of which may be unset.
///
/// ```
/// use otel_kit::config::PartialConfig;
///
/// let mut code = PartialConfig::default();
/// code.service.name = Some("shop".to_owned());
/// code.traces.sampler.ratio = Some(0.1);
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialConfig {
    /// Whether nothing is recorded and exported; context is still propagated, lines are still logged.
    pub disabled: Option<bool>,
    /// Who sends the telemetry.
    pub service: PartialService,
    /// Where telemetry goes.
    pub export: PartialExport,
    /// Formats of trace context and baggage: `tracecontext`, `baggage`, or `none` alone.
    pub propagators: Option<Vec<String>>,
    /// How spans are made and kept.
    pub traces: PartialTraces,
    /// How metrics are sent.
    pub metrics: PartialMetrics,
    /// How log lines and log records are made.
    pub logs: PartialLogs,
    /// What HTTP adapters are told.
    pub http: PartialHttp,
    /// What Kafka producers and consumers are told.
    pub kafka: PartialKafka,
    /// What SQL adapters are told.
    pub sql: PartialSql,
    /// What becomes of exceptions.
    pub exceptions: PartialExceptions,
    /// Alert rules and who is told.
    pub alerts: PartialAlerts,
}

/// What is in force. Prints one line for each key, secrets masked.
///
/// ```
/// let (config, _) = otel_kit::config::resolve(Default::default(), &|_| None, None, false).unwrap();
/// assert!(config.to_string().contains("traces.sampler.ratio: 1\n"));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// Whether nothing is recorded and exported.
    pub disabled: bool,
    /// Who sends the telemetry.
    pub service: Service,
    /// Where each signal goes.
    pub export: Export,
    /// Formats of trace context and baggage; empty: none.
    pub propagators: Vec<Format>,
    /// How spans are made and kept.
    pub traces: Traces,
    /// How metrics are sent.
    pub metrics: Metrics,
    /// How log lines and log records are made.
    pub logs: Logs,
    /// What HTTP adapters are told.
    pub http: Http,
    /// What Kafka producers and consumers are told.
    pub kafka: KafkaSettings,
    /// What SQL adapters are told.
    pub sql: SqlSettings,
    /// What becomes of exceptions.
    pub exceptions: ExceptionSettings,
    /// Alert rules and who is told.
    pub alerts: Alerts,
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = print::Printer::new(f);
        out.line("disabled", self.disabled)?;
        out.section("service", |out| self.service.print(out))?;
        out.section("export", |out| self.export.print(out))?;
        out.list("propagators", self.propagators.iter().map(propagators::name))?;
        out.section("traces", |out| self.traces.print(out))?;
        out.section("metrics", |out| self.metrics.print(out))?;
        out.section("logs", |out| self.logs.print(out))?;
        out.section("http", |out| self.http.print(out))?;
        out.section("kafka", |out| kafka::print(&self.kafka, out))?;
        out.section("sql", |out| sql::print(&self.sql, out))?;
        out.section("exceptions", |out| exceptions::print(&self.exceptions, out))?;
        out.section("alerts", |out| alerts::print(&self.alerts, out))
    }
}

#[cfg(test)]
mod tests;
