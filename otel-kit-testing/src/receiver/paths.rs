use otel_kit_core::Signal;

/// Which path carries which signal.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    additional: Vec<(String, Signal)>,
}

impl Paths {
    pub(super) fn add(&mut self, signal: Signal, path: String) {
        self.additional.push((path, signal));
    }

    pub(super) fn http(&self, path: &str) -> Option<Signal> {
        let additional = self.additional.iter().find(|(known, _)| known == path).map(|(_, signal)| *signal);
        additional.or_else(|| {
            Signal::ALL.into_iter().find(|signal| {
                path.strip_suffix(signal.name()).is_some_and(|prefix| prefix.ends_with("/v1/"))
            })
        })
    }

    pub(super) fn grpc(path: &str) -> Option<Signal> {
        match path {
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Some(Signal::Traces),
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Some(Signal::Metrics),
            "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Some(Signal::Logs),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_path_tells_the_signal() {
        let mut paths = Paths::default();
        paths.add(Signal::Logs, "/in/v1/traces".into());
        assert_eq!(paths.http("/v1/traces"), Some(Signal::Traces));
        assert_eq!(paths.http("/otlp/v1/metrics"), Some(Signal::Metrics));
        assert_eq!(paths.http("/in/v1/traces"), Some(Signal::Logs));
        assert_eq!(paths.http("/v1/traces/"), None);
        assert_eq!(paths.http("/v1traces"), None);
        assert_eq!(paths.http("/"), None);
    }
}
