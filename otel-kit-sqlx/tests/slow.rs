//! What is said of a slow statement.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use opentelemetry::{Context, trace::TraceContextExt};
use support::{App, caller};
use tracing::{Event, Level, Subscriber, field::Visit, subscriber::set_default};
use tracing_subscriber::{Layer, layer, prelude::*};

/// Warnings, each with the span that was current.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<Warning>>>);

#[derive(Default)]
struct Warning {
    span_id: String,
    text: String,
}

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        if *event.metadata().level() == Level::WARN {
            let span_id = Context::current().span().span_context().span_id().to_string();
            let mut warning = Warning { span_id, ..Warning::default() };
            event.record(&mut warning);
            self.0.lock().unwrap().push(warning);
        }
    }
}

impl Visit for Warning {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.text += &format!("{field}={value:?};");
    }
}

#[tokio::test]
async fn a_slow_statement_is_an_event_on_its_span_and_a_warning_that_belongs_to_it() {
    let app = App::with_settings(|settings| settings.slow = Some(Duration::ZERO)).await;
    let warnings = Warnings::default();
    let _subscriber = set_default(app.telemetry.subscriber().with(warnings.clone()));
    caller(sqlx::query("SELECT name FROM users").fetch_all(&app.pool)).await.unwrap();

    let span = app.sql_span();
    let event = span.event("otel_kit.db.slow_statement").expect("an event");
    assert!(event.attr("otel_kit.db.duration").as_f64().unwrap() > 0.0);
    let [warning] = &warnings.0.lock().unwrap()[..] else { panic!("one warning") };
    assert_eq!(warning.span_id, span.span_id.to_string());
    assert!(warning.text.contains(r#"db.query.summary="SELECT users""#), "{}", warning.text);
    assert!(warning.text.contains("slow statement"), "{}", warning.text);
}

#[tokio::test]
async fn a_statement_that_is_not_slow_says_nothing() {
    let app = App::with_settings(|settings| settings.slow = Some(Duration::from_secs(3600))).await;
    let warnings = Warnings::default();
    let _subscriber = set_default(app.telemetry.subscriber().with(warnings.clone()));
    caller(sqlx::query("SELECT name FROM users").fetch_all(&app.pool)).await.unwrap();
    assert!(app.sql_span().events.is_empty() && warnings.0.lock().unwrap().is_empty());
}
