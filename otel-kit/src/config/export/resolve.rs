//! Which exporter each signal gets.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use http::{HeaderName, HeaderValue};

use super::{
    Compression, Export, Exporter, Otlp, OtlpProtocol, PartialExporter, PartialTls, Tls, endpoint,
    endpoint::Usage, partial::Selection,
};
use crate::config::{
    ConfigError, Endpoint, PartialConfig, Secret, Warning,
    error::Problem,
    layers::{Layers, Source, require},
    values::time_limit,
};
use otel_kit_core::Signal;

impl Export {
    pub(in crate::config) fn resolve(layers: &mut Layers, is_terminal: bool) -> Result<Self, ConfigError> {
        let traces = Route::resolve(layers, Signal::Traces)?;
        let metrics = Route::resolve(layers, Signal::Metrics)?;
        let logs = Route::resolve(layers, Signal::Logs)?;
        // With nothing to send to, a developer at a terminal sees the traces.
        let shows_traces = is_terminal && ![&traces, &metrics, &logs].into_iter().any(Route::is_otlp);
        let traces_otherwise = if shows_traces { Exporter::Console } else { Exporter::None };
        Ok(Self {
            traces: traces.exporter(layers, traces_otherwise),
            metrics: metrics.exporter(layers, Exporter::None),
            logs: logs.exporter(layers, Exporter::None),
        })
    }
}

/// Everything that is said about one signal.
struct Route {
    signal: Signal,
    selection: Selection,
    endpoint: Option<Endpoint>,
    protocol: OtlpProtocol,
    headers: BTreeMap<String, Secret>,
    compression: Compression,
    timeout: Option<Duration>,
    tls: Tls,
}

impl Route {
    fn resolve(layers: &mut Layers, signal: Signal) -> Result<Self, ConfigError> {
        let features = layers.features;
        let mut keys = Keys { layers, signal };
        let supported = |protocol: OtlpProtocol| protocol.require(features).map(|()| protocol);
        let protocol = keys.pick("protocol", PartialExporter::otlp_protocol, |p, _| supported(p))?;
        let protocol = protocol.unwrap_or(OtlpProtocol::HttpProtobuf);
        let insecure = keys.pick("insecure", |e| e.insecure, |insecure, _| Ok(insecure))?.unwrap_or(false);
        let usage = Usage { signal, protocol, insecure, features };
        let url = |written: Endpoint, is_own| endpoint::resolve(&written, is_own, usage);
        let endpoint = keys.pick("endpoint", |e| e.endpoint.clone(), url)?;
        let known = |compression: Compression| compression.require(features).map(|()| compression);
        let compression = keys.pick("compression", |e| e.compression, |compression, _| known(compression))?;
        let timeout = keys.pick("timeout", |e| e.timeout, |timeout, _| time_limit(timeout))?;
        Ok(Self {
            signal,
            selection: keys.selection(),
            endpoint,
            protocol,
            headers: keys.headers()?,
            compression: compression.unwrap_or(Compression::None),
            timeout: timeout.unwrap_or(Some(DEFAULT_TIMEOUT)),
            tls: keys.tls()?,
        })
    }

    fn is_otlp(&self) -> bool {
        match self.selection {
            Selection::Otlp => true,
            Selection::ByEndpoint => self.endpoint.is_some(),
            Selection::Console | Selection::None => false,
        }
    }

    fn exporter(self, layers: &mut Layers, without_endpoint: Exporter) -> Exporter {
        let endpoint = match (self.selection, self.endpoint) {
            (Selection::Console, _) => return Exporter::Console,
            (Selection::None, _) => return Exporter::None,
            (Selection::ByEndpoint, None) => return without_endpoint,
            (_, Some(endpoint)) => endpoint,
            (Selection::Otlp, None) => endpoint::localhost(self.signal, self.protocol),
        };
        // An endpoint was checked against the features already; the variable that asks for OTLP was not.
        if let Err(problem) = self.protocol.require(layers.features) {
            layers.warnings.push(Warning::ignored(exporter_variable(self.signal), &problem));
            return Exporter::None;
        }
        let Self { protocol, headers, compression, timeout, tls, .. } = self;
        Exporter::Otlp(Otlp { protocol, endpoint, headers, compression, timeout, tls })
    }
}

/// The keys of a signal, over the general ones.
struct Keys<'a> {
    layers: &'a mut Layers,
    signal: Signal,
}

impl Keys<'_> {
    /// The signal's own key if it is set anywhere, else the general one; `parse` learns which.
    fn pick<T, R>(
        &mut self,
        name: &str,
        get: impl Fn(&PartialExporter) -> Option<T>,
        parse: impl Fn(T, bool) -> Result<R, Problem>,
    ) -> Result<Option<R>, ConfigError> {
        Ok(self.pick_with_source(name, get, parse)?.map(|(value, ..)| value))
    }

    /// As [`Keys::pick`], with the place to blame.
    fn pick_with_source<T, R>(
        &mut self,
        name: &str,
        get: impl Fn(&PartialExporter) -> Option<T>,
        parse: impl Fn(T, bool) -> Result<R, Problem>,
    ) -> Result<Option<(R, Source, String)>, ConfigError> {
        let signal = self.signal;
        let own_key = format!("export.{}.{name}", signal.name());
        let own = self.layers.pick_with_source(
            &own_key,
            |p| get(p.export.of(Some(signal))),
            |value| parse(value, true),
        )?;
        let key = format!("export.{name}");
        let general =
            self.layers.pick_with_source(&key, |p| get(p.export.of(None)), |value| parse(value, false))?;
        let with_key = |key| move |(value, source)| (value, source, key);
        Ok(own.map(with_key(own_key)).or(general.map(with_key(key))))
    }

    fn selection(&self) -> Selection {
        let own = self.layers.take(|p| own_selection(p, self.signal));
        own.or_else(|| self.layers.take(|p| p.export.of(None).selection())).unwrap_or(Selection::ByEndpoint)
    }

    fn headers(&mut self) -> Result<BTreeMap<String, Secret>, ConfigError> {
        let signal = self.signal;
        let own_key = format!("export.{}.headers", signal.name());
        let own = self.layers.merge(&own_key, |p| &p.export.of(Some(signal)).headers, header)?;
        let general = self.layers.merge("export.headers", |p| &p.export.of(None).headers, header)?;
        Ok(if own.is_empty() { general } else { own })
    }

    fn tls(&mut self) -> Result<Tls, ConfigError> {
        let ca = self.tls_file("tls.ca_file", |tls| tls.ca_file.clone())?;
        let cert = self.tls_file("tls.cert_file", |tls| tls.cert_file.clone())?;
        let key = self.tls_file("tls.key_file", |tls| tls.key_file.clone())?;
        let ca_file = ca.map(|(path, ..)| path);
        let (guilty, missing) = match (cert, key) {
            (Some((cert, ..)), Some((key, ..))) => {
                return Ok(Tls { ca_file, cert_file: Some(cert), key_file: Some(key) });
            }
            (None, None) => return Ok(Tls { ca_file, ..Tls::default() }),
            (Some(cert), None) => (cert, "key_file"),
            (None, Some(key)) => (key, "cert_file"),
        };
        let (_, source, path) = guilty;
        let problem =
            Problem::new("a client needs both certificate and key", format_args!("set {missing} too"));
        self.layers.refuse(source, &path, &problem)?;
        Ok(Tls { ca_file, ..Tls::default() })
    }

    fn tls_file(
        &mut self,
        name: &str,
        get: fn(&PartialTls) -> Option<PathBuf>,
    ) -> Result<Option<(PathBuf, Source, String)>, ConfigError> {
        let has_tls = self.layers.features.tls;
        let check = |path: PathBuf, _| match path.as_os_str().is_empty() {
            true => Err(Problem::new("the path is empty", "write one, or remove the key")),
            false => require(has_tls, "tls", "TLS").map(|()| path),
        };
        self.pick_with_source(name, |exporter| get(&exporter.tls), check)
    }
}

fn own_selection(layer: &PartialConfig, signal: Signal) -> Option<Selection> {
    let by_protocol = layer.export.of(Some(signal)).selection();
    match (signal, layer.logs.otlp) {
        (Signal::Logs, Some(false)) => Some(Selection::None),
        (Signal::Logs, Some(true)) => by_protocol.or(Some(Selection::ByEndpoint)),
        _ => by_protocol,
    }
}

/// A header by its lower-case name; messages do not show the value.
fn header(name: &str, value: Secret) -> Result<(String, Secret), Problem> {
    let Ok(known) = HeaderName::try_from(name) else {
        return Err(Problem::new("not the name of a header", "write one such as x-api-key"));
    };
    match HeaderValue::try_from(value.expose()) {
        Ok(_) => Ok((known.as_str().to_owned(), value)),
        Err(_) => Err(Problem::new("the value cannot stand in a header", "write visible characters only")),
    }
}

fn exporter_variable(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "OTEL_TRACES_EXPORTER",
        Signal::Metrics => "OTEL_METRICS_EXPORTER",
        Signal::Logs => "OTEL_LOGS_EXPORTER",
    }
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
