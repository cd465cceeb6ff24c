use opentelemetry_proto::tonic::{
    common::v1::KeyValue,
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use otel_kit_core::semconv::attribute::{ERROR_TYPE, HTTP_RESPONSE_STATUS_CODE};

use super::{
    text::{Paint, clean, duration, pair, short, value},
    traces::{Row, Tree, TreeState},
};

/// A tree, one line for each span; the first line has the short trace id.
pub(super) fn tree(tree: &Tree, paint: Paint) -> String {
    let mut text = String::new();
    for (index, Row { branch, span }) in tree.rows.iter().enumerate() {
        text.push_str(&paint.dim(branch));
        text.push_str(&line(span, paint));
        if index == 0 {
            let state = match tree.state {
                TreeState::Whole => "",
                TreeState::Late => " (late)",
                TreeState::Incomplete => " (incomplete)",
            };
            text.push_str(&paint.dim(format!(" trace={}{state}", short(&span.trace_id))));
        }
        text.push('\n');
    }
    text
}

/// `GET /orders/{id} 12.3ms SERVER 503 ERROR error.type=503 "no stock" tenant=blue`
fn line(span: &Span, paint: Paint) -> String {
    let took = duration(span.start_time_unix_nano, span.end_time_unix_nano);
    let mut words = vec![paint.bold(clean(&span.name)), paint.dim(took)];
    words.extend(kind(span).map(str::to_owned));
    words.extend(find(span, HTTP_RESPONSE_STATUS_CODE).map(|status| value(status.value.as_ref())));
    words.extend(error(span).map(|error| paint.red(error)));
    words.extend(span.attributes.iter().filter(|own| is_own(&own.key)).take(MOST).map(pair));
    words.join(" ")
}

fn kind(span: &Span) -> Option<&'static str> {
    match span.kind() {
        SpanKind::Server => Some("SERVER"),
        SpanKind::Client => Some("CLIENT"),
        SpanKind::Producer => Some("PRODUCER"),
        SpanKind::Consumer => Some("CONSUMER"),
        SpanKind::Internal | SpanKind::Unspecified => None,
    }
}

fn error(span: &Span) -> Option<String> {
    let status = span.status.as_ref().filter(|status| status.code() == StatusCode::Error)?;
    let mut text = "ERROR".to_owned();
    if let Some(error_type) = find(span, ERROR_TYPE) {
        text.push(' ');
        text.push_str(&pair(error_type));
    }
    if !status.message.is_empty() {
        text.push_str(&format!(" {:?}", clean(&status.message)));
    }
    Some(text)
}

fn find<'a>(span: &'a Span, key: &str) -> Option<&'a KeyValue> {
    span.attributes.iter().find(|attribute| attribute.key == key)
}

/// Whether the service's authors chose this attribute: those of conventions and of `tracing` say what the
/// line says already, or where in the source it comes from.
fn is_own(key: &str) -> bool {
    let group = key.split('.').next().unwrap_or_default();
    !COMMON.contains(&group)
}

/// Attributes of a span that are printed.
const MOST: usize = 5;
/// First parts of names that are not printed.
const COMMON: [&str; 17] = [
    "busy_ns",
    "client",
    "code",
    "db",
    "error",
    "http",
    "idle_ns",
    "level",
    "messaging",
    "network",
    "otel_kit",
    "server",
    "target",
    "telemetry",
    "thread",
    "url",
    "user_agent",
];

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::{
        common::v1::{AnyValue, any_value::Value},
        trace::v1::Status,
    };

    use super::*;

    fn text(key: &str, value: &str) -> KeyValue {
        let value = AnyValue { value: Some(Value::StringValue(value.into())) };
        KeyValue { key: key.into(), value: Some(value), ..Default::default() }
    }

    fn failed() -> Span {
        Span {
            trace_id: vec![0x4b; 16],
            name: "GET /orders/{id}".into(),
            kind: SpanKind::Server.into(),
            end_time_unix_nano: 12_345_678,
            attributes: vec![
                text("http.route", "/orders/{id}"),
                text(HTTP_RESPONSE_STATUS_CODE, "503"),
                text(ERROR_TYPE, "503"),
                text("code.file.path", "src/main.rs"),
                text("tenant", "blue"),
            ],
            status: Some(Status { code: StatusCode::Error.into(), message: "no\nstock".into() }),
            ..Default::default()
        }
    }

    fn printed(state: TreeState, coloured: bool) -> String {
        let rows = vec![
            Row { branch: String::new(), span: failed() },
            Row { branch: "└─ ".into(), span: Span { name: "load".into(), ..Default::default() } },
        ];
        tree(&Tree { state, rows }, Paint(coloured))
    }

    #[test]
    fn a_tree_shows_duration_kind_status_error_and_own_attributes() {
        assert_eq!(
            printed(TreeState::Whole, false),
            "GET /orders/{id} 12.3ms SERVER 503 ERROR error.type=503 \"no stock\" tenant=blue trace=4b4b4b4b\n\
             └─ load 0.0ns\n"
        );
    }

    #[test]
    fn a_tree_that_is_not_whole_says_so() {
        assert!(printed(TreeState::Late, false).contains("trace=4b4b4b4b (late)\n"));
        assert!(printed(TreeState::Incomplete, false).contains("trace=4b4b4b4b (incomplete)\n"));
    }

    #[test]
    fn colours_are_used_only_when_told() {
        assert!(!printed(TreeState::Whole, false).contains('\u{1b}'));
        assert!(printed(TreeState::Whole, true).contains("\u{1b}[31mERROR"));
    }
}
