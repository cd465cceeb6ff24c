use std::hash::Hasher;

use opentelemetry::{Context, Value, trace::TraceContextExt};
use otel_kit_core::{
    LogContext,
    semconv::attribute::{HTTP_REQUEST_METHOD, HTTP_ROUTE, MESSAGING_DESTINATION_NAME},
};
use rustc_hash::FxHasher;

/// What a service was doing: one request or message, as far as its trace and the fields of its log lines tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    trace: Option<u64>,
    tag: u32,
}

/// Which kind of operation it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OperationKind {
    /// An HTTP request that is being answered.
    Request,
    /// A message that is being processed.
    Message,
    /// Anything else.
    Other,
}

impl Operation {
    pub(crate) fn of(context: &Context) -> Self {
        let span = context.span();
        let trace = span.span_context().is_valid().then(|| {
            let id = span.span_context().trace_id().to_bytes();
            let mut hasher = FxHasher::default();
            hasher.write_u128(u128::from_le_bytes(id));
            hasher.finish()
        });
        Self { trace, tag: field(context).map_or(0, |(_, name)| tag(name)) }
    }

    /// Of its trace; `None` outside of any.
    pub(crate) const fn trace(&self) -> Option<u64> {
        self.trace
    }

    /// Of its name; 0 if it has none.
    pub(crate) const fn tag(&self) -> u32 {
        self.tag
    }
}

impl OperationKind {
    pub(crate) fn of(context: &Context) -> Self {
        field(context).map_or(Self::Other, |(kind, _)| kind)
    }
}

/// `POST /orders/{id}`, `orders`: what the operation is called.
pub(crate) fn operation_name(context: &Context) -> Option<String> {
    let (_, name) = field(context)?;
    let method = context.get::<LogContext>()?.iter().find(|(key, _)| key.as_str() == HTTP_REQUEST_METHOD);
    Some(match method {
        Some((_, method)) => format!("{method} {name}"),
        None => name.as_str().into_owned(),
    })
}

/// The field of the log lines that names the operation.
fn field(context: &Context) -> Option<(OperationKind, &Value)> {
    context.get::<LogContext>()?.iter().find_map(|(key, value)| match key.as_str() {
        HTTP_ROUTE => Some((OperationKind::Request, value)),
        MESSAGING_DESTINATION_NAME => Some((OperationKind::Message, value)),
        _ => None,
    })
}

/// Never 0.
fn tag(name: &Value) -> u32 {
    let mut hasher = FxHasher::default();
    match name {
        Value::String(name) => hasher.write(name.as_str().as_bytes()),
        other => hasher.write(other.as_str().as_bytes()),
    }
    u32::try_from(hasher.finish() >> 32).unwrap_or_default() | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Operation {
        /// No trace if `trace` is 0.
        pub(crate) fn example(trace: u64, tag: u32) -> Self {
            Self { trace: Some(trace).filter(|trace| *trace != 0), tag }
        }
    }

    #[test]
    fn an_operation_is_named_by_its_route_or_its_topic() {
        let named = |key, value: &'static str| LogContext::new().with(key, value).in_context(&Context::new());
        let request = named(HTTP_ROUTE, "/orders/{id}");
        assert_eq!(operation_name(&request).as_deref(), Some("/orders/{id}"));
        let with_method = LogContext::of(&request).with(HTTP_REQUEST_METHOD, "POST").in_context(&request);
        assert_eq!(operation_name(&with_method).as_deref(), Some("POST /orders/{id}"));
        let message = named(MESSAGING_DESTINATION_NAME, "orders");
        assert_eq!(OperationKind::of(&message), OperationKind::Message);
        assert_ne!(Operation::of(&message).tag(), Operation::of(&request).tag());
        assert_eq!((operation_name(&Context::new()), Operation::of(&Context::new()).tag()), (None, 0));
    }
}
