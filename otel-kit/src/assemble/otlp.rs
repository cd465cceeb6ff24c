//! OTLP receivers: signals that go to the same one share a transport, and so its connection and outages.

use std::{sync::Arc, time::Duration};

use otel_kit_core::{Signal, Transport};
use otel_kit_sdk::transport::{Compression, Target, TlsSettings, TransportError};

use crate::{
    InitError,
    config::{self, Otlp, OtlpProtocol},
};

/// A signal with its transport and the time limit of one try.
pub(super) type Connected = (Signal, Arc<dyn Transport>, Option<Duration>);

/// What is to be connected.
#[derive(Default)]
pub(super) struct Receivers<'a> {
    receivers: Vec<Vec<(Signal, &'a Otlp)>>,
}

impl<'a> Receivers<'a> {
    pub(super) fn add(&mut self, signal: Signal, otlp: &'a Otlp) {
        let same = |known: &&mut Vec<(Signal, &Otlp)>| {
            known.first().is_some_and(|(_, known)| is_same_receiver(known, otlp))
        };
        match self.receivers.iter_mut().find(same) {
            Some(known) => known.push((signal, otlp)),
            None => self.receivers.push(vec![(signal, otlp)]),
        }
    }

    /// Nothing goes out yet: the transports connect when they are first used.
    pub(super) fn connect(self) -> Result<Vec<Connected>, InitError> {
        let mut connected = Vec::new();
        for signals in self.receivers {
            let transport = transport(&signals).map_err(|error| InitError::Transport {
                signal: signals.first().map_or("", |(signal, _)| signal.name()),
                error,
            })?;
            connected
                .extend(signals.iter().map(|(signal, otlp)| (*signal, Arc::clone(&transport), otlp.timeout)));
        }
        Ok(connected)
    }
}

fn is_same_receiver(one: &Otlp, other: &Otlp) -> bool {
    let authority = |otlp: &Otlp| {
        let url: Option<http::Uri> = otlp.endpoint.expose().parse().ok();
        url.map(|url| (url.scheme().cloned(), url.authority().cloned()))
    };
    one.protocol == other.protocol && one.tls == other.tls && authority(one) == authority(other)
}

fn transport(signals: &[(Signal, &Otlp)]) -> Result<Arc<dyn Transport>, TransportError> {
    let targets = signals.iter().map(|(signal, otlp)| (*signal, target(otlp)));
    let tls = signals.first().map(|(_, otlp)| tls(&otlp.tls)).unwrap_or_default();
    match signals.first().map(|(_, otlp)| otlp.protocol) {
        #[cfg(feature = "grpc")]
        Some(OtlpProtocol::Grpc) => Ok(Arc::new(otel_kit_sdk::transport::Grpc::new(targets, &tls)?)),
        #[cfg(feature = "http")]
        Some(OtlpProtocol::HttpJson) => http(targets, otel_kit_sdk::transport::HttpEncoding::Json, &tls),
        #[cfg(feature = "http")]
        Some(OtlpProtocol::HttpProtobuf) => {
            http(targets, otel_kit_sdk::transport::HttpEncoding::Protobuf, &tls)
        }
        // The configuration refuses a protocol whose feature is off, so this is never used.
        _ => Ok(Arc::new(otel_kit_sdk::transport::Memory::new())),
    }
}

#[cfg(feature = "http")]
fn http(
    targets: impl Iterator<Item = (Signal, Target)>,
    encoding: otel_kit_sdk::transport::HttpEncoding,
    tls: &TlsSettings,
) -> Result<Arc<dyn Transport>, TransportError> {
    Ok(Arc::new(otel_kit_sdk::transport::Http::new(targets, encoding, tls)?))
}

fn target(otlp: &Otlp) -> Target {
    let compression = match otlp.compression {
        config::Compression::None => Compression::None,
        config::Compression::Gzip => Compression::Gzip,
        #[cfg(feature = "zstd")]
        config::Compression::Zstd => Compression::Zstd,
        #[cfg(not(feature = "zstd"))]
        config::Compression::Zstd => Compression::None, // the configuration has refused it
    };
    let target = Target::new(otlp.endpoint.expose()).compression(compression);
    otlp.headers.iter().fold(target, |target, (name, value)| target.header(name, value.expose()))
}

fn tls(tls: &config::Tls) -> TlsSettings {
    let settings = TlsSettings::new();
    let settings = tls.ca_file.iter().fold(settings, TlsSettings::ca_file);
    let settings = tls.cert_file.iter().fold(settings, TlsSettings::cert_file);
    tls.key_file.iter().fold(settings, TlsSettings::key_file)
}
