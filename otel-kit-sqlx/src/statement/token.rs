/// A piece of SQL text; the pieces of a text are the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Space,
    Comment,
    /// A keyword or a bare identifier.
    Word,
    /// An identifier in quotes.
    Quoted,
    /// An identifier in double quotes, or a string: that depends on where it stands and on the server's settings.
    Ambiguous,
    /// A string or a number.
    Literal,
    /// Where a value comes in: `?`, `$1`, `:name`, `@name`.
    Parameter,
    /// One character of punctuation or of an operator.
    Symbol,
    /// No literal in this dialect, but perhaps in another one.
    Doubtful,
    /// What cannot be read: it goes on to the end.
    Broken,
}

impl Token<'_> {
    pub(super) fn is(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// Whether it is an identifier or keyword, quoted or not.
    pub(super) const fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted | Kind::Ambiguous)
    }
}
