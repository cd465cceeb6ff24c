use opentelemetry::Value as ContextValue;

/// A value of a field, with its type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    /// Strings, and everything that is formatted; integers beyond 64 bits too.
    Text(&'a str),
    /// From the log context.
    Context(&'a ContextValue),
}
