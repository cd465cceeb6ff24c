use std::sync::Arc;

use opentelemetry::{Context, ContextGuard, Key, Value};

/// Fields that every log line below carries: route, topic, and what the user adds.
///
/// It is stored in the OpenTelemetry [`Context`], so it follows the operation over `await`, spawned tasks
/// that carry the context, and adapters.
///
/// ```
/// use otel_kit_core::LogContext;
///
/// let _fields = LogContext::current().with("order.id", 42).attach();
/// let lines_carry: Vec<_> =
///     LogContext::current().iter().map(|(key, value)| format!("{key}={value}")).collect();
/// assert_eq!(lines_carry, ["order.id=42"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LogContext {
    fields: Option<Arc<[(Key, Value)]>>,
}

impl LogContext {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: None }
    }

    /// The fields of the current context.
    #[must_use]
    pub fn current() -> Self {
        Context::map_current(Self::of)
    }

    /// The fields of `context`.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        context.get::<Self>().cloned().unwrap_or_default()
    }

    /// These fields and one more; a field of the same name is replaced.
    #[must_use]
    pub fn with(self, key: impl Into<Key>, value: impl Into<Value>) -> Self {
        let key = key.into();
        let kept = self.iter().filter(|(name, _)| *name != key).cloned();
        let fields = kept.chain([(key.clone(), value.into())]).collect();
        Self { fields: Some(fields) }
    }

    /// A context that is `parent` with these fields.
    #[must_use]
    pub fn in_context(self, parent: &Context) -> Context {
        parent.with_value(self)
    }

    /// Makes these fields current on this thread until the guard is dropped. Across `await`, use
    /// [`in_context`](Self::in_context) with `with_context` instead.
    #[must_use = "the fields are current only as long as the guard lives"]
    pub fn attach(self) -> ContextGuard {
        Context::map_current(|current| self.in_context(current)).attach()
    }

    /// The fields in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &(Key, Value)> {
        self.fields.iter().flat_map(|fields| fields.iter())
    }

    /// True if there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_the_same_name_is_replaced_and_keeps_no_double() {
        let fields = LogContext::new().with("a", 1).with("b", true).with("a", 2);
        let seen: Vec<_> = fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(seen, ["b=true", "a=2"]);
    }

    #[test]
    fn fields_end_with_their_guard() {
        let guard = LogContext::current().with("a", 1).attach();
        assert!(!LogContext::current().is_empty());
        drop(guard);
        assert!(LogContext::current().is_empty());
    }
}
