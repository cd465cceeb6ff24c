//! What exception sinks are told of handlers that fail.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

use std::{error::Error, fmt, panic::resume_unwind};

use otel_kit_core::exception::Mechanism;
use otel_kit_kafka::{
    BaseConsumer, Processor,
    rdkafka::{ClientConfig, Timestamp, message::OwnedMessage},
};
use otel_kit_testing::{Telemetry, received::ReceivedException};

#[derive(Debug)]
struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&fmt::Error)
    }
}

type Boxed = Box<dyn Error + Send + Sync>;

fn message() -> OwnedMessage {
    OwnedMessage::new(None, None, "orders".to_owned(), Timestamp::NotAvailable, 0, 7, None)
}

fn processor(telemetry: &Telemetry) -> Processor {
    Processor::new().with(telemetry.kit())
}

fn the_exception(telemetry: &Telemetry) -> ReceivedException {
    let [exception] = &telemetry.exceptions()[..] else { panic!("{:?}", telemetry.exceptions()) };
    assert_eq!(exception.event_name, "messaging.process.exception");
    assert!(!exception.is_handled);
    exception.clone()
}

/// Everything about it but its ids.
fn words(exception: &ReceivedException) -> (Mechanism, Option<&str>, Option<&str>) {
    (exception.mechanism, exception.type_name.as_deref(), exception.message.as_deref())
}

const OF_HANDLER: (Mechanism, Option<&str>, Option<&str>) =
    (Mechanism::Handler, Some("exceptions::OutOfStock"), None);

#[tokio::test]
async fn the_error_of_a_handler_is_told_once_with_type_and_span_and_its_text_stays_off_the_span() {
    let telemetry = Telemetry::new();
    let message = message();
    let result = processor(&telemetry).process(&message, async |_| Err::<(), _>(OutOfStock)).await;
    assert!(result.is_err(), "passed on");
    let exception = the_exception(&telemetry);
    assert_eq!(words(&exception), OF_HANDLER);
    let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
    assert_eq!((&exception.trace_id, &exception.span_id), (&span.trace_id, &span.span_id));
    assert!(!format!("{span:?}").contains("out of stock") && span.events.is_empty(), "{span:?}");
}

#[tokio::test]
async fn errors_and_panics_that_are_not_sampled_are_told_all_the_same() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    let _ = processor(&telemetry).process(&message(), async |_| Err::<(), _>(OutOfStock)).await;
    assert_eq!(words(&the_exception(&telemetry)), OF_HANDLER);
    telemetry.clear();
    panic_in(&telemetry).await;
    assert_eq!(the_exception(&telemetry).mechanism, Mechanism::Panic);
    assert_eq!(telemetry.spans(), []);
}

#[tokio::test]
async fn a_panic_is_told_once_and_passed_on() {
    let telemetry = Telemetry::new();
    panic_in(&telemetry).await;
    let exception = the_exception(&telemetry);
    assert_eq!(words(&exception), (Mechanism::Panic, Some("panic"), None));
    assert_eq!(exception.span_id, telemetry.spans()[0].span_id);
}

async fn panic_in(telemetry: &Telemetry) {
    let processor = processor(telemetry);
    let panicked = tokio::spawn(async move {
        let handler = async |_: &_| -> Result<(), OutOfStock> { resume_unwind(Box::new("no")) };
        processor.process(&message(), handler).await
    });
    assert!(panicked.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn a_boxed_error_is_told_without_type_and_with_what_is_behind_it() {
    let telemetry = Telemetry::new();
    let messages = [message(), message()];
    let handler = async |_: &_| Err::<(), Boxed>(OutOfStock.into());
    let _ = processor(&telemetry).process_batch(&messages, handler).await;
    let exception = the_exception(&telemetry);
    assert_eq!(words(&exception), (Mechanism::Handler, None, Some("out of stock")));
    assert_eq!(exception.sources, [fmt::Error.to_string()]);
}

/// An error that hides its type, as `anyhow::Error`.
struct Hiding(Boxed);

#[tokio::test]
async fn an_error_that_was_made_known_is_told_with_type_and_message_and_what_is_behind_it() {
    let telemetry = Telemetry::new();
    let processor = processor(&telemetry)
        .telling_errors(|error: &OutOfStock| error)
        .telling_errors(|error: &Hiding| &*error.0);
    let message = message();
    for type_name in ["exceptions::OutOfStock", "exceptions::Hiding"] {
        telemetry.clear();
        if type_name.ends_with("OutOfStock") {
            let _ = processor.process(&message, async |_| Err::<(), _>(OutOfStock)).await;
        } else {
            let _ = processor.process(&message, async |_| Err::<(), _>(Hiding(OutOfStock.into()))).await;
        }
        let exception = the_exception(&telemetry);
        assert_eq!(words(&exception), (Mechanism::Handler, Some(type_name), Some("out of stock")));
        assert_eq!(exception.sources, [fmt::Error.to_string()]);
        let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
        assert!(!format!("{span:?}").contains("out of stock"), "{span:?}");
    }
}

#[test]
fn guards_and_handlers_that_do_not_wait_tell_too_and_what_goes_well_or_is_dropped_tells_nothing() {
    let telemetry = Telemetry::new();
    let processor = processor(&telemetry);
    drop(processor.start(&message()));
    processor.start(&message()).end();
    processor.start(&message()).fail("bad_order");
    processor.start(&message()).finish(&Ok::<_, OutOfStock>(()));
    assert_eq!(telemetry.exceptions(), []);
    processor.start(&message()).finish(&Err::<(), _>(OutOfStock));
    assert_eq!(words(&the_exception(&telemetry)), OF_HANDLER);

    telemetry.clear();
    processor.start(&message()).fail_with(&OutOfStock);
    let exception = the_exception(&telemetry);
    let of_handler = (Mechanism::Handler, Some("exceptions::OutOfStock"), Some("out of stock"));
    assert_eq!(words(&exception), of_handler);
    assert_eq!(exception.sources, [fmt::Error.to_string()]);
    assert_eq!(telemetry.spans()[0].attr("error.type"), "exceptions::OutOfStock");

    telemetry.clear();
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", "127.0.0.1:1").set("group.id", "billing");
    let consumer: BaseConsumer = config.create().unwrap();
    let consumer = consumer.with(telemetry.kit());
    let _ = consumer.process(&message(), |_| Err::<(), _>(OutOfStock));
    assert_eq!(words(&the_exception(&telemetry)), OF_HANDLER);
}
