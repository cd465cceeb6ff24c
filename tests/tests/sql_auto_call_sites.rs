//! What `sql.auto` means for call sites that have nothing to do with SQL: nothing.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use otel_kit::Guard;
use otel_kit_testing::{OtlpReceiver, received::ReceivedSpan};
use tracing::{Dispatch, Level, Metadata, dispatcher::with_default, metadata::Kind};
use tracing_core::{callsite::DefaultCallsite, metadata};
use tracing_subscriber::{layer::SubscriberExt, registry};

macro_rules! call_sites {
    ($($name:ident: $target:literal $level:ident $kind:ident,)*) => {
        $(mod $name {
            use super::*;

            static METADATA: Metadata<'static> = metadata! {
                name: stringify!($name),
                target: $target,
                level: Level::$level,
                fields: &[],
                callsite: &CALLSITE,
                kind: Kind::$kind,
            };
            pub(super) static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);
        })*

        /// What the subscribers that are there want of each.
        fn interests() -> Vec<(&'static str, String)> {
            vec![$((stringify!($name), format!("{:?}", $name::CALLSITE.interest())),)*]
        }
    };
}

call_sites! {
    info_event: "app" INFO EVENT,
    debug_event: "app" DEBUG EVENT,
    trace_event: "app" TRACE EVENT,
    info_span: "app" INFO SPAN,
    debug_span: "app" DEBUG SPAN,
    other_event_of_sqlx: "sqlx::pool" DEBUG EVENT,
    span_of_sqlx: "sqlx::query" DEBUG SPAN,
    finest_event_of_sqlx: "sqlx::query" TRACE EVENT,
}

fn telemetry(auto: bool, receiver: &OtlpReceiver) -> Guard {
    otel_kit::builder()
        .config_text("none", "")
        .environment(|_| None)
        .log_output(std::io::sink())
        .endpoint(receiver.http_endpoint())
        .configure(|config| config.sql.auto = Some(auto))
        .build()
        .unwrap()
}

#[test]
fn other_call_sites_are_as_interesting_as_without_and_statements_have_spans_where_it_is_on() {
    let receiver = OtlpReceiver::start().unwrap();
    let [with, without] = [true, false].map(|auto| {
        let telemetry = telemetry(auto, &receiver);
        let subscriber = Dispatch::new(registry().with(telemetry.layer()));
        let interests = with_default(&subscriber, || {
            tracing::debug!(target: "sqlx::query", summary = "SELECT 'secret'", elapsed_secs = 0.5);
            interests()
        });
        assert!(telemetry.flush(std::time::Duration::from_secs(20)).is_in_time());
        let spans: Vec<ReceivedSpan> = receiver.spans();
        receiver.clear();
        (interests, spans.into_iter().map(|span| span.name).collect::<Vec<_>>())
    });
    assert_eq!(with.0, without.0);
    assert!(with.0.contains(&("debug_event", "Interest(Never)".to_owned())), "{with:?}");
    assert_eq!((with.1, without.1), (vec!["SELECT".to_owned()], vec![]));
}
