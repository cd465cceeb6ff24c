use std::fmt;

use http::uri::Authority;
use serde::Deserialize;

use super::{
    ConfigError, PartialConfig,
    env::Env,
    error::Problem,
    export::has_host_and_port,
    layers::{Layers, Source, require},
    print::Printer,
};

/// Section `metrics.prometheus`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialPrometheus {
    /// Whether Prometheus may read metrics, also where nothing exports them; default `true` if there is an
    /// address to listen at.
    pub enabled: Option<bool>,
    /// Address of a port of its own, such as `0.0.0.0:9464`; default none.
    pub listen: Option<String>,
    /// What the environment says.
    #[serde(skip)]
    pub(super) env: FromEnv,
}

/// The exporter, and the parts of its address.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FromEnv {
    is_selected: bool,
    host: Option<String>,
    port: Option<u16>,
}

/// How Prometheus reads metrics.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Prometheus {
    /// Whether it may, also where nothing exports them.
    pub enabled: bool,
    /// Address of a port of its own.
    pub listen: Option<String>,
}

impl Prometheus {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let has_feature = layers.features.prometheus;
        let feature = |()| require(has_feature, "prometheus", "`prometheus`");
        layers.pick("metrics.prometheus", |p| is_used(p).then_some(()), feature)?;
        let listen = |p: &PartialConfig| p.metrics.prometheus.listen.clone();
        let listen = layers.pick_with_source("metrics.prometheus.listen", listen, |text| address(&text))?;
        let env = &layers.env.metrics.prometheus.env;
        let listen = match listen {
            Some((address, Source::Code)) => Some(address),
            Some((address, _)) => Some(env.over(address)),
            None => (env.is_selected && has_feature).then(|| env.over((HOST.to_owned(), PORT))),
        };
        let is_on = layers.take(|p| p.metrics.prometheus.enabled).unwrap_or(listen.is_some());
        let listen = listen.filter(|_| is_on).map(|(host, port)| format!("{host}:{port}"));
        Ok(Self { enabled: is_on, listen })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("enabled", self.enabled)?;
        out.optional("listen", self.listen.as_ref())
    }
}

impl PartialPrometheus {
    /// By the variables of the
    /// [Prometheus exporter](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#prometheus-exporter).
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        let exporters = env.text(EXPORTERS).unwrap_or_default();
        let is_selected = exporters.split(',').any(|name| is_prometheus(name.trim()));
        if is_selected {
            env.stands_for("metrics.prometheus", EXPORTERS);
        }
        let host = env.value("metrics.prometheus.listen", "OTEL_EXPORTER_PROMETHEUS_HOST", host);
        let port = env.value("metrics.prometheus.listen", "OTEL_EXPORTER_PROMETHEUS_PORT", port);
        Self { env: FromEnv { is_selected, host, port }, ..Self::default() }
    }
}

impl FromEnv {
    fn over(&self, (host, port): Address) -> Address {
        (self.host.clone().unwrap_or(host), self.port.unwrap_or(port))
    }
}

/// Whether this name in `OTEL_METRICS_EXPORTER` is the exporter's.
pub(super) fn is_prometheus(name: &str) -> bool {
    name.eq_ignore_ascii_case("prometheus")
}

type Address = (String, u16);

fn is_used(layer: &PartialConfig) -> bool {
    let PartialPrometheus { enabled, listen, env } = &layer.metrics.prometheus;
    enabled.is_some() || listen.is_some() || env.is_selected
}

fn address(text: &str) -> Result<Address, Problem> {
    let authority = text.parse().ok().filter(has_host_and_port).filter(|authority| !has_user(authority));
    let parts = authority.and_then(|authority| Some((authority.host().to_owned(), authority.port_u16()?)));
    parts.ok_or_else(|| {
        Problem::new(format_args!("`{text}` is not an address and a port"), "write one such as 0.0.0.0:9464")
    })
}

fn has_user(authority: &Authority) -> bool {
    authority.as_str().contains('@')
}

fn host(text: &str) -> Result<String, Problem> {
    let is_bare_v6 = text.contains(':') && !text.starts_with('[');
    let host = if is_bare_v6 { format!("[{text}]") } else { text.to_owned() };
    match address(&format!("{host}:{PORT}")) {
        Ok(_) => Ok(host),
        Err(_) => Err(Problem::new(format_args!("`{text}` is not a host"), "use one such as 0.0.0.0")),
    }
}

fn port(text: &str) -> Result<u16, Problem> {
    let refuse = |_| Problem::new(format_args!("`{text}` is not a port"), "use one such as 9464");
    text.parse().map_err(refuse)
}

const EXPORTERS: &str = "OTEL_METRICS_EXPORTER";
const HOST: &str = "localhost";
const PORT: u16 = 9464;
