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
    Texts(Texts<'a>),
    /// From the log context.
    Context(&'a ContextValue),
}

/// An error that an event is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorValue<'a> {
    pub(crate) message: Value<'a>,
    pub(crate) kind: Option<Value<'a>>,
}

/// Several texts out of one buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'a> {
    pub(super) text: &'a str,
    pub(super) places: &'a [(usize, usize)],
}

impl<'a> Texts<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> {
        self.places.iter().map(move |(start, end)| self.text.get(*start..*end).unwrap_or_default())
    }
}
