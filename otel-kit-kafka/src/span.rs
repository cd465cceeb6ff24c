use std::{error::Error, mem, sync::Arc, time::Duration};

use opentelemetry::{
    Context, ContextGuard, KeyValue,
    trace::{Link, SpanBuilder, SpanContext, SpanRef},
};
use otel_kit_core::{
    Clock, Moment, bounded,
    exception::Exception,
    operation::{Operation, Outcome, Role},
};

use crate::{
    client::Client,
    failure::panic_in,
    kind::Kind,
    metrics::{Ending, Measured},
    topic::Topic,
};

/// An operation on messages under way: span and measurements, ended together and once.
#[derive(Debug)]
pub(crate) struct KafkaSpan {
    client: Arc<Client>,
    topic: Arc<Topic>,
    kind: Kind,
    operation: Operation,
    partition: Option<i32>,
    messages: u64,
    is_open: bool,
}

/// How an operation begins.
#[derive(Debug)]
pub(crate) struct Beginning<'a> {
    pub(crate) kind: Kind,
    pub(crate) topic: Arc<Topic>,
    pub(crate) parent: &'a Context,
    /// Now, if not before.
    pub(crate) started: Option<Moment>,
    /// If it is the only one, and known.
    pub(crate) partition: Option<i32>,
    /// Messages that were sent or delivered.
    pub(crate) messages: u64,
}

/// What a span says beyond what all spans of its topic and kind say.
#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) attributes: Vec<KeyValue>,
    links: Vec<Link>,
}

impl KafkaSpan {
    /// Starts the span. `describe` is called only if the span may record.
    pub(crate) fn start(
        client: &Arc<Client>,
        beginning: Beginning<'_>,
        describe: impl FnOnce(&Topic, &mut Details),
    ) -> Self {
        let Beginning { kind, topic, parent, started, partition, messages } = beginning;
        let build = || {
            let prepared = topic.prepared(kind);
            let mut attributes = bounded::attributes();
            prepared.describe(&mut attributes);
            let mut details = Details { attributes, links: Vec::new() };
            describe(&topic, &mut details);
            let mut builder = SpanBuilder::from_name(prepared.name.clone());
            // Its own methods would copy it each time.
            builder.span_kind = Some(kind.span_kind());
            builder.attributes = Some(details.attributes);
            builder.links = Some(details.links).filter(|links| !links.is_empty());
            builder
        };
        let operation = match started {
            None => Operation::start(&client.tracer, parent, build),
            Some(started) => Operation::start_at(&client.tracer, parent, started, build),
        };
        Self { client: Arc::clone(client), topic, kind, operation, partition, messages, is_open: true }
    }

    pub(crate) const fn context(&self) -> &Context {
        self.operation.context()
    }

    pub(crate) fn attach(&self) -> ContextGuard {
        self.operation.attach()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.client.tracer.clock()
    }

    pub(crate) fn recording(&self) -> Option<SpanRef<'_>> {
        self.operation.recording()
    }

    /// The measurements name this partition from now on.
    pub(crate) const fn set_partition(&mut self, partition: i32) {
        self.partition = Some(partition);
    }

    /// Links to a span.
    pub(crate) fn link(&self, span: SpanContext) {
        if let Some(recording) = self.recording() {
            recording.add_link(span, Vec::new());
        }
    }

    /// Counts that its context could not be written into the message.
    pub(crate) fn lost_context(&self) {
        self.client.lost_context(&self.topic);
    }

    /// `messaging.destination.partition.id` of its topic.
    pub(crate) fn partition_id(&self, partition: i32) -> KeyValue {
        self.topic.partition(partition)
    }

    /// A handler's error with its message and what is behind it, if that is known of its type.
    pub(crate) fn told<'e, E: 'static>(&self, error: &'e E) -> Option<&'e (dyn Error + 'static)> {
        self.client.errors.error(error)
    }

    /// Tells the kit's exception sinks.
    pub(crate) fn tell(&self, exception: &Exception<'_>) {
        self.client.tell(exception);
    }

    /// Ends everything with this outcome.
    pub(crate) fn finish(&mut self, outcome: &Outcome) {
        self.finish_at(outcome, None);
    }

    /// The same; it ended then, if not now.
    pub(crate) fn finish_at(&mut self, outcome: &Outcome, ended: Option<Moment>) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        if self.kind == Kind::Process && *outcome == Outcome::Panicked {
            let _attached = self.attach();
            self.tell(&panic_in(self.context()));
        }
        let now = self.operation.elapsed();
        let elapsed = ended.map_or(now, |ended| self.until(&ended, now));
        let ending = Ending {
            kind: self.kind,
            partition: self.partition,
            error_type: outcome.error_type(Role::Client),
        };
        let measured = Measured { seconds: elapsed.as_secs_f64(), messages: self.messages };
        // What is measured, is measured now, whenever it ended: Prometheus wants exemplars in the order of time.
        self.operation.measure(now, || self.client.record(&self.topic, &ending, measured));
        self.operation.end(outcome, Role::Client, elapsed);
    }

    #[cold]
    fn until(&self, ended: &Moment, now: Duration) -> Duration {
        now.saturating_sub(self.clock().since(ended))
    }
}

impl Drop for KafkaSpan {
    fn drop(&mut self) {
        if self.is_open {
            self.finish(&Outcome::of_drop());
        }
    }
}

impl Details {
    /// Links to a span, unless it is linked to already or there are enough links.
    pub(crate) fn link(&mut self, span: SpanContext) {
        let is_known = |link: &Link| {
            link.span_context.span_id() == span.span_id() && link.span_context.trace_id() == span.trace_id()
        };
        if self.links.len() < LINKS && !self.links.iter().any(is_known) {
            self.links.push(Link::with_context(span));
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.links.len() >= LINKS
    }
}

/// As many links as the SDK keeps by default.
const LINKS: usize = 128;
