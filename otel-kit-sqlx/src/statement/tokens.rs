use super::{
    dialect::{Dialect, Reading},
    lexer::Lexer,
    token::{Kind, Token},
};

/// The tokens of a statement as its dialect reads them, with literals in doubt where another way of reading the
/// text to its end sees literals: servers have settings that change where a string ends.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    dialect: Dialect,
    lexer: Lexer<'a>,
    is_cut: bool,
    is_after_dot: bool,
    doubt: Option<Doubt>,
}

/// What the bytes at the end of a text are to somebody.
#[derive(Debug)]
struct Doubt {
    bytes: Vec<Byte>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Byte {
    Code,
    /// The double quote before a name or a string.
    Opening,
    /// In double quotes.
    Quoted,
    Literal,
}

impl<'a> Tokens<'a> {
    /// The tokens of the first `limit` bytes.
    pub(super) fn new(dialect: Dialect, sql: &'a str, limit: usize) -> Self {
        let read = sql.get(..sql.floor_char_boundary(limit)).unwrap_or(sql);
        Self {
            dialect,
            lexer: Lexer::new(read, dialect.reading()),
            is_cut: read.len() < sql.len(),
            is_after_dot: false,
            doubt: None,
        }
    }

    /// Bytes that are not read yet.
    pub(super) const fn unread(&self) -> usize {
        self.lexer.rest().len()
    }

    fn settle(&self, token: &Token<'_>, from: usize) -> Kind {
        let is_doubtful = || {
            self.doubt
                .as_ref()
                .is_some_and(|doubt| self.has_literals(doubt.between(from, self.unread()), token))
        };
        match token.kind {
            Kind::Literal | Kind::Comment | Kind::Broken => token.kind,
            _ if is_doubtful() => Kind::Doubtful,
            Kind::Quoted | Kind::Ambiguous if !is_plain(token.text) => Kind::Literal,
            Kind::Ambiguous if self.dialect.quotes_are_names() || self.touches_dot() => Kind::Quoted,
            Kind::Parameter if is_money(token.text) && !self.dialect.has_dollar_parameters() => Kind::Literal,
            kind => kind,
        }
    }

    /// Whether a token, with its bytes as others read them, has a literal.
    fn has_literals(&self, bytes: &[Byte], token: &Token<'_>) -> bool {
        let is_same_name = || token.kind == Kind::Ambiguous && bytes.first() != Some(&Byte::Quoted);
        let most = if self.dialect.quotes_are_names() || is_same_name() { Byte::Quoted } else { Byte::Code };
        bytes.iter().any(|byte| *byte > most)
    }

    fn touches_dot(&self) -> bool {
        let is_before_dot =
            matches!(self.lexer.rest().as_bytes(), [b'.', next, ..] if !next.is_ascii_digit());
        self.is_after_dot || is_before_dot
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.lexer.rest();
        let mut token = self.lexer.next()?;
        if self.is_cut && self.unread() == 0 {
            return None;
        }
        if self.lexer.is_doubtful && self.doubt.is_none() {
            let is_strict =
                self.is_cut || self.dialect == Dialect::Other || !is_whole(rest, self.dialect.reading());
            self.doubt = Some(Doubt::new(rest, is_strict));
        }
        if self.doubt.is_some() || !matches!(token.kind, Kind::Space | Kind::Word | Kind::Symbol) {
            token.kind = self.settle(&token, rest.len());
        }
        self.is_after_dot = token.is(".");
        Some(token)
    }
}

impl Doubt {
    /// A way of reading that cannot read the text to its end is not the server's, and counts only if `is_strict`:
    /// if the dialect itself cannot read it, or only a part of it is known.
    fn new(text: &str, is_strict: bool) -> Self {
        let mut bytes = vec![Byte::Code; text.len()];
        for reading in Reading::ALL {
            if is_strict || is_whole(text, reading) {
                mark(Lexer::new(text, reading), &mut bytes);
            }
        }
        Self { bytes }
    }

    /// The bytes between the places where `from` and `to` bytes are left.
    fn between(&self, from: usize, to: usize) -> &[Byte] {
        let place = |left| self.bytes.len().saturating_sub(left);
        self.bytes.get(place(from)..place(to)).unwrap_or_default()
    }
}

fn is_whole(text: &str, reading: Reading) -> bool {
    Lexer::new(text, reading).all(|token| token.kind != Kind::Broken)
}

fn mark(tokens: Lexer<'_>, bytes: &mut [Byte]) {
    let mut rest = bytes;
    for token in tokens {
        let Some((bytes, after)) = rest.split_at_mut_checked(token.text.len()) else {
            return;
        };
        let (first, other) = match token.kind {
            Kind::Literal | Kind::Broken => (Byte::Literal, Byte::Literal),
            Kind::Ambiguous => (Byte::Opening, Byte::Quoted),
            _ => (Byte::Code, Byte::Code),
        };
        let marks = std::iter::once(first).chain(std::iter::repeat(other));
        bytes.iter_mut().zip(marks).for_each(|(byte, mark)| *byte = mark.max(*byte));
        rest = after;
    }
}

fn is_money(parameter: &str) -> bool {
    parameter.strip_prefix('$').is_some_and(|amount| amount.starts_with(|first: char| first.is_ascii_digit()))
}

/// A name in quotes without anything that could be taken for the end or the beginning of something.
fn is_plain(quoted: &str) -> bool {
    let name = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-.:$".contains(&byte) || !byte.is_ascii();
    name.bytes().all(is_plain) && !name.contains("--")
}
