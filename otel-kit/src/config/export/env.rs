//! The variables of the [OTLP exporters](https://opentelemetry.io/docs/specs/otel/protocol/exporter/) and of
//! the [choice of exporters](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#exporter-selection).

use std::path::PathBuf;

use super::partial::Selection;
use crate::config::{
    Endpoint, OtlpProtocol, PartialExport, PartialExporter, PartialTls, Secret, env, env::Env,
    error::Problem, prometheus::is_prometheus,
};
use otel_kit_core::Signal;

impl PartialExport {
    pub(in crate::config) fn from_env(env: &mut Env<'_>) -> Self {
        let mut export = Self {
            all: exporter(env, "export", &GENERAL),
            traces: exporter(env, "export.traces", &TRACES),
            metrics: exporter(env, "export.metrics", &METRICS),
            logs: exporter(env, "export.logs", &LOGS),
        };
        export.traces.selection = selection(env, Signal::Traces, "OTEL_TRACES_EXPORTER");
        export.metrics.selection = selection(env, Signal::Metrics, "OTEL_METRICS_EXPORTER");
        export.logs.selection = selection(env, Signal::Logs, "OTEL_LOGS_EXPORTER");
        export
    }
}

fn exporter(env: &mut Env<'_>, section: &str, variables: &Variables) -> PartialExporter {
    let key = |name| format!("{section}.{name}");
    let path = |text: &str| Ok(PathBuf::from(text));
    let endpoint = |text: &str| Ok(Endpoint::from(text));
    let headers = env.value(&key("headers"), variables.headers, env::pairs).unwrap_or_default();
    PartialExporter {
        endpoint: env.value(&key("endpoint"), variables.endpoint, endpoint),
        protocol: env
            .value(&key("protocol"), variables.protocol, env::choice::<OtlpProtocol>)
            .map(Into::into),
        headers: headers.into_iter().map(|(name, value)| (name, Secret::from(value))).collect(),
        compression: env.value(&key("compression"), variables.compression, env::choice),
        timeout: env.value(&key("timeout"), variables.timeout, env::millis),
        insecure: env.boolean(&key("insecure"), variables.insecure),
        tls: PartialTls {
            ca_file: env.value(&key("tls.ca_file"), variables.ca_file, path),
            cert_file: env.value(&key("tls.cert_file"), variables.cert_file, path),
            key_file: env.value(&key("tls.key_file"), variables.key_file, path),
        },
        selection: None,
    }
}

/// The first supported name of the list; each other one is a warning, but for Prometheus, which reads metrics
/// beside any exporter or alone.
fn selection(env: &mut Env<'_>, signal: Signal, variable: &'static str) -> Option<Selection> {
    let key = format!("export.{}.protocol", signal.name());
    let mut selected = None;
    let names = env.value(&key, variable, env::list)?;
    let is_beside = |name: &String| signal == Signal::Metrics && is_prometheus(name);
    let (beside, names): (Vec<_>, Vec<_>) = names.into_iter().partition(is_beside);
    for name in names {
        match (selection_of(&name), selected) {
            (Ok(one), None) => selected = Some(one),
            (Ok(one), Some(first)) if one == first => {}
            (Ok(_), Some(_)) => {
                let what = format_args!("`{name}` would be a second exporter").to_string();
                env.warn(variable, &Problem::new(what, "name one exporter for each signal"));
            }
            (Err(problem), _) => env.warn(variable, &problem),
        }
    }
    selected.or((!beside.is_empty()).then_some(Selection::None))
}

fn selection_of(name: &str) -> Result<Selection, Problem> {
    match name.to_ascii_lowercase().as_str() {
        "otlp" => Ok(Selection::Otlp),
        "console" => Ok(Selection::Console),
        "none" => Ok(Selection::None),
        _ => Err(Problem::new(format_args!("`{name}` is not supported"), "use otlp, console or none")),
    }
}

/// The names of one set of variables: those for all signals, or for one.
struct Variables {
    endpoint: &'static str,
    protocol: &'static str,
    headers: &'static str,
    compression: &'static str,
    timeout: &'static str,
    insecure: &'static str,
    ca_file: &'static str,
    cert_file: &'static str,
    key_file: &'static str,
}

macro_rules! variables {
    ($prefix:literal) => {
        Variables {
            endpoint: concat!($prefix, "_ENDPOINT"),
            protocol: concat!($prefix, "_PROTOCOL"),
            headers: concat!($prefix, "_HEADERS"),
            compression: concat!($prefix, "_COMPRESSION"),
            timeout: concat!($prefix, "_TIMEOUT"),
            insecure: concat!($prefix, "_INSECURE"),
            ca_file: concat!($prefix, "_CERTIFICATE"),
            cert_file: concat!($prefix, "_CLIENT_CERTIFICATE"),
            key_file: concat!($prefix, "_CLIENT_KEY"),
        }
    };
}

const GENERAL: Variables = variables!("OTEL_EXPORTER_OTLP");
const TRACES: Variables = variables!("OTEL_EXPORTER_OTLP_TRACES");
const METRICS: Variables = variables!("OTEL_EXPORTER_OTLP_METRICS");
const LOGS: Variables = variables!("OTEL_EXPORTER_OTLP_LOGS");
