/// A text format for metrics.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// [Prometheus text 0.0.4](https://prometheus.io/docs/instrumenting/exposition_formats/), which all readers
    /// know.
    #[default]
    Text,
    /// [OpenMetrics 1.0](https://prometheus.io/docs/specs/om/open_metrics_spec/): it has exemplars.
    OpenMetrics,
}

impl Format {
    /// What an HTTP answer in this format is called.
    ///
    /// ```
    /// use otel_kit_prometheus::Format;
    ///
    /// assert!(Format::OpenMetrics.content_type().starts_with("application/openmetrics-text; version=1.0.0"));
    /// ```
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            }
        }
    }
}
