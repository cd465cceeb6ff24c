use opentelemetry::Context;

/// The OpenTelemetry context that a `tracing` span carries in its extensions.
///
/// Below a span that is not sampled no OpenTelemetry span is built for a `tracing` span; its context is
/// kept here instead, for work spawned in it and for log lines that name it as their parent.
#[derive(Clone, Debug)]
pub struct CarriedContext(Context);

impl CarriedContext {
    /// Target of `tracing` spans that an adapter makes for nothing but this: to take a context along to a thread
    /// that follows `tracing` spans alone. No layer makes anything else of them.
    pub const TARGET: &str = "otel_kit::ctx";

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
