use std::{borrow::Cow, sync::Arc, time::SystemTime};

use opentelemetry::{
    Context, InstrumentationScope, KeyValue,
    trace::{Span, SpanBuilder, SpanContext, Status, TraceContextExt, TraceFlags, Tracer, TracerProvider},
};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use otel_kit_core::Clock;

use crate::self_metrics::SpanCounts;

/// The flag of [Trace Context level 2](https://www.w3.org/TR/trace-context-2/#random-trace-id-flag) that
/// says: the low seven bytes of the trace id are random.
pub(crate) const RANDOM: u8 = 0x02;

/// The SDK's tracer provider, with the random flag of Trace Context level 2.
///
/// The SDK's ids are random but it does not say so, and it forgets the flag of a parent whose child the
/// sampler drops. Spans of this provider carry it as the specification says: roots set it, all others
/// copy their parent's.
#[derive(Clone, Debug)]
pub struct KitTracerProvider {
    sdk: SdkTracerProvider,
    clock: Clock,
    counts: Option<Arc<SpanCounts>>,
}

impl KitTracerProvider {
    /// Wraps the SDK's provider.
    #[must_use]
    pub const fn new(sdk: SdkTracerProvider) -> Self {
        Self { sdk, clock: Clock::system(), counts: None }
    }

    /// With a manual clock all times of spans are the clock's, whatever times they are given: for tests.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Counts the spans that the sampler drops.
    pub(crate) fn with_counts(self, counts: Arc<SpanCounts>) -> Self {
        Self { counts: Some(counts), ..self }
    }

    /// The provider inside.
    #[must_use]
    pub const fn get_ref(&self) -> &SdkTracerProvider {
        &self.sdk
    }
}

impl TracerProvider for KitTracerProvider {
    type Tracer = KitTracer;

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> KitTracer {
        let sdk = self.sdk.tracer_with_scope(scope);
        KitTracer { sdk, clock: self.clock.clone(), counts: self.counts.clone() }
    }
}

/// Tracer of a [`KitTracerProvider`].
#[derive(Clone, Debug)]
pub struct KitTracer {
    sdk: SdkTracer,
    clock: Clock,
    counts: Option<Arc<SpanCounts>>,
}

impl Tracer for KitTracer {
    type Span = KitSpan;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> KitSpan {
        if self.clock.is_manual() {
            let now = self.clock.now().wall();
            // A start that lies ahead of this clock was taken from another one.
            builder.start_time = builder.start_time.filter(|start| *start <= now).or(Some(now));
        }
        let span = self.sdk.build_with_context(builder, parent);
        if let Some(counts) = self.counts.as_ref().filter(|_| !span.is_recording()) {
            counts.skip(parent);
        }
        let context = with_random_flag(span.span_context(), parent.span().span_context());
        KitSpan { span, context, clock: self.clock.clone() }
    }
}

/// Span of a [`KitTracer`].
#[derive(Debug)]
pub struct KitSpan {
    span: opentelemetry_sdk::trace::Span,
    /// The span's context where its flags differ from the SDK's.
    context: Option<SpanContext>,
    clock: Clock,
}

impl Span for KitSpan {
    fn add_event_with_timestamp<T: Into<Cow<'static, str>>>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) {
        self.span.add_event_with_timestamp(name, timestamp, attributes);
    }

    fn span_context(&self) -> &SpanContext {
        self.context.as_ref().unwrap_or_else(|| self.span.span_context())
    }

    fn is_recording(&self) -> bool {
        self.span.is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        self.span.set_attribute(attribute);
    }

    fn set_status(&mut self, status: Status) {
        self.span.set_status(status);
    }

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, new_name: T) {
        self.span.update_name(new_name);
    }

    fn add_link(&mut self, span_context: SpanContext, attributes: Vec<KeyValue>) {
        self.span.add_link(span_context, attributes);
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        let timestamp = if self.clock.is_manual() { self.clock.now().wall() } else { timestamp };
        self.span.end_with_timestamp(timestamp);
    }
}

impl Drop for KitSpan {
    /// The SDK's span ends when it is dropped, at a time of its own.
    fn drop(&mut self) {
        if self.clock.is_manual() && self.span.is_recording() {
            self.span.end_with_timestamp(self.clock.now().wall());
        }
    }
}

/// The context that a span should have, if it is not what the SDK gave it.
fn with_random_flag(span: &SpanContext, parent: &SpanContext) -> Option<SpanContext> {
    let continued = parent.is_valid();
    let random = if continued { parent.trace_flags().to_u8() & RANDOM } else { RANDOM };
    let flags = span.trace_flags().to_u8();
    let wanted = (flags & !RANDOM) | random;
    (span.is_valid() && flags != wanted).then(|| {
        let flags = TraceFlags::new(wanted);
        SpanContext::new(span.trace_id(), span.span_id(), flags, false, span.trace_state().clone())
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceId, TraceState};
    use opentelemetry_sdk::trace::Sampler;

    use super::*;

    fn tracer(sampler: Sampler) -> KitTracer {
        let sdk = SdkTracerProvider::builder().with_sampler(sampler).build();
        KitTracerProvider::new(sdk).tracer("test")
    }

    fn below(flags: u8) -> Context {
        let parent = SpanContext::new(
            TraceId::from(7),
            SpanId::from(7),
            TraceFlags::new(flags),
            true,
            TraceState::NONE,
        );
        Context::new().with_remote_span_context(parent)
    }

    fn flags_of(sampler: Sampler, parent: &Context) -> u8 {
        tracer(sampler).start_with_context("x", parent).span_context().trace_flags().to_u8()
    }

    #[test]
    fn a_root_sets_the_random_flag_sampled_or_not() {
        assert_eq!(flags_of(Sampler::AlwaysOn, &Context::new()), 0x03);
        assert_eq!(flags_of(Sampler::AlwaysOff, &Context::new()), 0x02);
    }

    #[test]
    fn a_child_copies_the_random_flag_of_its_parent() {
        assert_eq!(flags_of(Sampler::AlwaysOn, &below(0x03)), 0x03);
        assert_eq!(flags_of(Sampler::AlwaysOn, &below(0x01)), 0x01);
        assert_eq!(flags_of(Sampler::AlwaysOff, &below(0x03)), 0x02);
        assert_eq!(flags_of(Sampler::AlwaysOff, &below(0x01)), 0x00);
    }
}
