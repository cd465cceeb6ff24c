use std::thread;

use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{CODE_FILE_PATH, CODE_LINE_NUMBER, THREAD_ID, THREAD_NAME};
use tracing::Metadata;

/// Where in the source the span is.
pub(super) fn location(metadata: &Metadata<'static>) -> impl Iterator<Item = KeyValue> {
    let file = metadata.file().map(|file| KeyValue::new(CODE_FILE_PATH, file));
    let line = metadata.line().map(|line| KeyValue::new(CODE_LINE_NUMBER, i64::from(line)));
    file.into_iter().chain(line)
}

/// On which thread this is.
pub(super) fn thread() -> impl Iterator<Item = KeyValue> {
    let id = ID.try_with(|id| *id).ok().flatten().map(|id| KeyValue::new(THREAD_ID, id));
    let name = thread::current().name().map(|name| KeyValue::new(THREAD_NAME, name.to_owned()));
    id.into_iter().chain(name)
}

thread_local! {
    /// The standard library shows the number only in text.
    static ID: Option<i64> = {
        let text = format!("{:?}", thread::current().id());
        text.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()
    };
}
