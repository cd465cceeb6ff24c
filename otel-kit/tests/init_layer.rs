//! The telemetry as one layer among others of the host's own subscriber.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use otel_kit::{Kit, opentelemetry::global};
use otel_kit_testing::OtlpReceiver;
use tracing_subscriber::{Layer, filter::Targets, fmt, layer::SubscriberExt, registry};

use support::{Lines, PLENTY, builder};

#[test]
fn the_layer_and_the_layers_beside_it_do_not_disturb_each_other() {
    let receiver = OtlpReceiver::start().unwrap();
    let (ours, quiet, loud) = (Lines::default(), Lines::default(), Lines::default());
    let settings = builder(&ours).endpoint(receiver.http_endpoint());
    let (layer, telemetry) =
        settings.configure(|config| config.logs.level = Some("info".into())).init_layer().unwrap();
    let subscriber = registry()
        .with(layer)
        .with(text(&quiet).with_filter("warn".parse::<Targets>().unwrap()))
        .with(text(&loud).with_filter("trace,hyper_util=off".parse::<Targets>().unwrap()));
    tracing::subscriber::set_global_default(subscriber).unwrap();

    tracing::info_span!("outer", user = "ada").in_scope(|| {
        tracing::debug!("fine print");
        support::work();
        tracing::warn!("almost over");
    });
    tracing::debug_span!("detail").in_scope(|| ());
    assert!(Kit::global().is_some());
    global::meter("test").u64_counter("calls").build().add(1, &[]);
    assert!(telemetry.flush(PLENTY).is_complete());

    let (work, ..) = support::assert_work_arrived(&receiver);
    let received = receiver.received();
    let outer = received.span("outer").unwrap();
    assert!(work.is_child_of(outer) && outer.is_root());
    assert_eq!(outer.attr("user"), "ada");
    assert_eq!(received.spans().len(), 2);
    assert!(received.metric("calls").is_some());
    let mut bodies: Vec<_> = received.log_records().iter().map(|log| log.body.to_string()).collect();
    bodies.sort();
    assert_eq!(bodies, ["almost over", "working"]);

    let start = format!("exporting traces to {}/v1/traces", receiver.http_endpoint());
    let messages = ours.messages();
    assert!(messages[0].starts_with(&start), "{messages:?}");
    assert_eq!(messages[1..], ["working", "almost over"]);
    assert_eq!(texts(&quiet), ["WARN init_layer: almost over"]); // its filter hides the span from it
    assert_eq!(
        texts(&loud),
        [
            "DEBUG outer{user=\"ada\"}: init_layer: fine print",
            "INFO outer{user=\"ada\"}:work: init_layer::support: working",
            "WARN outer{user=\"ada\"}: init_layer: almost over",
        ],
    );
}

fn text<S>(lines: &Lines) -> impl Layer<S> + use<S>
where
    S: tracing::Subscriber + for<'span> registry::LookupSpan<'span>,
{
    let lines = lines.clone();
    fmt::layer().with_writer(move || lines.clone()).without_time().with_ansi(false)
}

fn texts(lines: &Lines) -> Vec<String> {
    lines.text().lines().map(|line| line.trim().to_owned()).collect()
}
