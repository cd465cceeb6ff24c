use otel_kit_core::CarriedContext;
use tracing::{Level, Metadata, Subscriber, subscriber::Interest};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::{Context, Filter},
};

/// What [`span_layer`](super::span_layer) makes of spans and events besides spans; by default nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct SpanSettings {
    pub(super) events: bool,
    pub(super) error_status: ErrorStatus,
    pub(super) source_location: bool,
    pub(super) threads: bool,
}

/// Which `tracing` events of level `ERROR` give their span the status error.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorStatus {
    /// None.
    Off,
    /// Those about an error: with a field `error`, which `#[instrument(err)]` writes, or with an error as the
    /// value of any field.
    #[default]
    Errors,
    /// All.
    All,
}

impl SpanSettings {
    /// Whether events become events of their span; they are log records only by default.
    pub const fn events(mut self, wanted: bool) -> Self {
        self.events = wanted;
        self
    }

    /// Which events give their span the status error, with their message as its description.
    pub const fn error_status(mut self, wanted: ErrorStatus) -> Self {
        self.error_status = wanted;
        self
    }

    /// Whether spans say where they are in the source: `code.file.path` and `code.line.number`.
    pub const fn source_location(mut self, wanted: bool) -> Self {
        self.source_location = wanted;
        self
    }

    /// Whether spans say which thread made them: `thread.id` and `thread.name`.
    pub const fn threads(mut self, wanted: bool) -> Self {
        self.threads = wanted;
        self
    }

    /// The same for an event; one that is not about the span itself says nothing of its status.
    pub(super) const fn inside(mut self, is_about_span: bool) -> Self {
        if !is_about_span {
            self.error_status = ErrorStatus::Off;
        }
        self
    }
}

/// Lets through what the layer makes something of: a call site that nobody else wants costs next to nothing.
pub(super) struct SpanFilter {
    pub(super) targets: Targets,
    pub(super) settings: SpanSettings,
}

impl SpanFilter {
    fn allows(&self, metadata: &Metadata<'_>) -> bool {
        let is_wanted = metadata.is_span()
            || self.settings.events
            || self.settings.error_status != ErrorStatus::Off && *metadata.level() == Level::ERROR;
        is_wanted
            && self.targets.would_enable(metadata.target(), metadata.level())
            && metadata.target() != CarriedContext::TARGET
    }
}

impl<S: Subscriber> Filter<S> for SpanFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.allows(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.allows(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Filter::<S>::max_level_hint(&self.targets)
    }
}
