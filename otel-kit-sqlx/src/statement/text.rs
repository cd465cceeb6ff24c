use super::token::{Kind, Token};

/// A statement's text without literals and comments, written token by token, up to a length.
#[derive(Debug)]
pub(super) struct SafeText {
    text: String,
    limit: usize,
    is_full: bool,
    last: Last,
    list: List,
}

/// What was written last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Last {
    Space,
    Operand,
    Literal,
    /// A sign that was written, though it may belong to the number after it; and the text's length before it.
    Sign(usize),
    Other,
}

/// Where in `IN (1, 2)` the text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum List {
    Outside,
    AfterIn,
    Open,
    /// After a value: the text's length there.
    Value(usize),
    Comma(usize),
}

impl SafeText {
    pub(super) fn new(limit: usize, expected: usize) -> Self {
        Self {
            text: String::with_capacity(expected.min(limit)),
            limit,
            is_full: false,
            last: Last::Other,
            list: List::Outside,
        }
    }

    /// Writes a token; what may be a string is written only if it is known to be a `name`.
    pub(super) fn push(&mut self, token: &Token<'_>, is_name: bool) {
        match token.kind {
            Kind::Comment if self.text.is_empty() || self.text.ends_with(is_space) => {}
            Kind::Comment => self.write(" ", Last::Space),
            Kind::Space => self.write(token.text, Last::Space),
            Kind::Doubtful if self.last == Last::Literal => {}
            Kind::Literal | Kind::Doubtful | Kind::Broken => self.value(token.text),
            Kind::Ambiguous if !is_name => self.value(token.text),
            Kind::Word if is_truth(token.text) => self.value(token.text),
            Kind::Parameter if token.text == MASK => self.value(token.text),
            Kind::Word | Kind::Quoted | Kind::Ambiguous | Kind::Parameter => {
                self.write(token.text, Last::Operand);
                let is_in = token.text.eq_ignore_ascii_case("in");
                self.list = if is_in { List::AfterIn } else { List::Outside };
            }
            Kind::Symbol => self.symbol(token.text),
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn symbol(&mut self, symbol: &str) {
        let before = self.text.len();
        let last = match (symbol, self.last) {
            (")" | "]", _) => Last::Operand,
            ("+" | "-", last) if last != Last::Operand => Last::Sign(before),
            _ => Last::Other,
        };
        self.list = match (self.list, symbol) {
            (List::AfterIn, "(") => List::Open,
            (List::Value(end), ",") => List::Comma(end),
            (List::Open | List::Comma(_), "+" | "-") => self.list,
            _ => List::Outside,
        };
        // Nobody is to take two signs for a comment.
        let is_doubled = symbol == "-" && self.text.ends_with('-');
        self.write(if is_doubled { " -" } else { symbol }, last);
    }

    /// Writes the mask of a value, in place of the sign before it and of the list's values before it.
    fn value(&mut self, value: &str) {
        if let List::Comma(end) = self.list {
            self.text.truncate(end);
            self.list = List::Value(end);
            self.last = Last::Literal;
            return;
        }
        if let Last::Sign(before) = self.last
            && value.starts_with(|first: char| first == '.' || first.is_ascii_digit())
        {
            self.text.truncate(before);
            self.last = Last::Other;
        }
        self.write(MASK, Last::Literal);
        self.list = if self.list == List::Open { List::Value(self.text.len()) } else { List::Outside };
    }

    fn write(&mut self, text: &str, last: Last) {
        self.is_full |= self.text.len().saturating_add(text.len()) > self.limit;
        if !self.is_full {
            self.text.push_str(text);
            self.last = last;
        }
    }
}

const fn is_space(char: char) -> bool {
    char.is_ascii_whitespace() || char == '\u{b}'
}

fn is_truth(word: &str) -> bool {
    word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false")
}

/// Stands for a value, here and in the conventions of OpenTelemetry.
const MASK: &str = "?";
