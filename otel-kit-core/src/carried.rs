use opentelemetry::Context;

/// The OpenTelemetry context that a `tracing` span carries in its extensions.
///
/// Below a span that is not sampled no OpenTelemetry span is built for a `tracing` span; its context is
/// kept here instead, for work spawned in it and for log lines that name it as their parent.
#[derive(Clone, Debug)]
pub struct CarriedContext(Context);

impl CarriedContext {
    /// Carries `context`.
    #[must_use]
    pub const fn new(context: Context) -> Self {
        Self(context)
    }

    /// What is carried.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.0
    }
}
