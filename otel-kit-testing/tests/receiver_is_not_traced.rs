//! What the receiver's HTTP libraries log is no telemetry of the test. Sets the global subscriber.

#[cfg(test)]
mod support;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use otel_kit_testing::OtlpReceiver;
use support::{spans, traces};
use tracing::{Event, Metadata, Subscriber, span};

#[tokio::test]
async fn nothing_on_the_receivers_thread_reaches_the_subscriber() {
    tracing::subscriber::set_global_default(Counting).unwrap();
    let receiver = OtlpReceiver::start().unwrap();
    traces(&receiver).await.export(spans(["work"])).await.unwrap();
    drop(receiver);
    assert!(ELSEWHERE.load(Ordering::Relaxed) > 0, "the client's own HTTP library does log");
    assert_eq!(ON_THE_RECEIVER.load(Ordering::Relaxed), 0);
}

struct Counting;

impl Subscriber for Counting {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        let receiver = thread::current().name() == Some("otlp-receiver");
        let counter = if receiver { &ON_THE_RECEIVER } else { &ELSEWHERE };
        counter.fetch_add(1, Ordering::Relaxed);
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        self.enabled(event.metadata());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

static ELSEWHERE: AtomicUsize = AtomicUsize::new(0);
static ON_THE_RECEIVER: AtomicUsize = AtomicUsize::new(0);
