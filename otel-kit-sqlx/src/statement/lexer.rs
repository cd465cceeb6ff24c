use super::{
    dialect::Reading,
    quoted::{self, Extent},
    token::{Kind, Token},
};

/// Cuts SQL into tokens, in one way of reading it. It copies nothing, and what it cannot read is one last
/// [`Broken`](Kind::Broken) token.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
    reading: Reading,
    /// Whether a token so far is one that other ways of reading see differently.
    pub(super) is_doubtful: bool,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(sql: &'a str, reading: Reading) -> Self {
        Self { rest: sql, reading, is_doubtful: false }
    }

    /// What is not read yet.
    pub(super) const fn rest(&self) -> &'a str {
        self.rest
    }

    fn token_at(&self, bytes: &[u8], first: u8) -> (Kind, Extent) {
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => (Kind::Space, run(bytes, is_space)),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(bytes),
            b'0'..=b'9' => (Kind::Literal, number(bytes)),
            b'.' if is(bytes, 1, |byte| byte.is_ascii_digit()) => (Kind::Literal, number(bytes)),
            b'\'' => (Kind::Literal, quoted::closed(bytes, b'\'', self.reading.has_escapes)),
            b'"' => (Kind::Ambiguous, quoted::closed(bytes, b'"', self.reading.has_escapes)),
            b'`' => (Kind::Quoted, quoted::closed(bytes, b'`', false)),
            b'[' if self.reading.has_brackets => (Kind::Quoted, quoted::bracketed(bytes)),
            b'-' if bytes.starts_with(b"--") => self.dashes(bytes),
            b'#' if self.reading.has_hash_comments => (Kind::Comment, self.line(bytes).in_doubt()),
            b'[' | b'#' => (Kind::Symbol, Extent::of(1).in_doubt()),
            b'/' if bytes.starts_with(b"/*") => {
                (Kind::Comment, quoted::block_comment(bytes, self.reading.nests_comments))
            }
            b'$' => self.dollar(bytes),
            b':' | b'@' => sigil(bytes, first),
            b'?' => (Kind::Parameter, Extent::of(1)),
            b'\\' | 0..=0x1f | 0x7f => (Kind::Broken, Extent::BROKEN),
            _ => (Kind::Symbol, Extent::of(1)),
        }
    }

    /// A word, or a string with a letter before it.
    fn word(&self, bytes: &[u8]) -> (Kind, Extent) {
        let word = run(bytes, is_word);
        let (prefix, string) = bytes.split_at_checked(word.length).unwrap_or_default();
        if string.first() != Some(&b'\'') {
            return (Kind::Word, word);
        }
        let has_escapes = match prefix {
            b"e" | b"E" => true,
            b"b" | b"B" | b"x" | b"X" => false,
            b"n" | b"N" => self.reading.has_escapes,
            // `q'[it's]'` ends elsewhere.
            [b'q' | b'Q'] | [b'n' | b'N', b'q' | b'Q'] => return (Kind::Broken, Extent::BROKEN),
            _ => return (Kind::Word, word),
        };
        (Kind::Literal, quoted::closed(string, b'\'', has_escapes).after(word.length))
    }

    fn dashes(&self, bytes: &[u8]) -> (Kind, Extent) {
        let is_clear = bytes.get(2).is_none_or(|byte| is_space(*byte));
        if is_clear {
            (Kind::Comment, self.line(bytes))
        } else if self.reading.needs_space_after_dashes {
            (Kind::Symbol, Extent::of(1).in_doubt())
        } else {
            (Kind::Comment, self.line(bytes).in_doubt())
        }
    }

    /// A comment up to the end of its line.
    fn line(&self, bytes: &[u8]) -> Extent {
        let returns = self.reading.ends_lines_at_return;
        let line = run(bytes, |byte| byte != b'\n' && !(returns && byte == b'\r'));
        let (inside, after) = bytes.split_at_checked(line.length).unwrap_or_default();
        let has_return = match after {
            [b'\r', b'\n', ..] => false,
            [b'\r', ..] => true,
            _ => inside.strip_suffix(b"\r").unwrap_or(inside).contains(&b'\r'),
        };
        if has_return { line.in_doubt() } else { line }
    }

    /// `$1`, `$name`, `$$text$$` or `$tag$text$tag$`.
    fn dollar(&self, bytes: &[u8]) -> (Kind, Extent) {
        let name = bytes.get(1..).unwrap_or_default();
        let length = run(name, |byte| is_word(byte) && byte != b'$').length;
        let is_tag = !is(name, 0, |byte| byte.is_ascii_digit());
        if is_tag && name.get(length) == Some(&b'$') {
            (Kind::Literal, quoted::dollars(self.rest, length.saturating_add(2)))
        } else if length > 0 {
            (Kind::Parameter, Extent::of(length.saturating_add(1)))
        } else {
            (Kind::Symbol, Extent::of(1))
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.rest.as_bytes();
        let (kind, extent) = self.token_at(bytes, *bytes.first()?);
        self.is_doubtful |= extent.is_doubtful;
        let cut = self.rest.split_at_checked(extent.length).filter(|_| !extent.is_broken);
        let (kind, (text, rest)) = cut.map_or((Kind::Broken, (self.rest, "")), |cut| (kind, cut));
        self.rest = rest;
        Some(Token { kind, text })
    }
}

/// A number of any shape, and whatever is glued to it.
fn number(bytes: &[u8]) -> Extent {
    let is_radix = matches!(bytes, [b'0', b'x' | b'X', ..]);
    let mut length = 0;
    loop {
        let rest = bytes.get(length..).unwrap_or_default();
        length = length.saturating_add(run(rest, |byte| is_word(byte) || byte == b'.').length);
        let is_exponent = !is_radix
            && length.checked_sub(1).is_some_and(|last| is(bytes, last, |byte| byte | 0x20 == b'e'));
        match bytes.get(length..) {
            Some([b'+' | b'-', b'0'..=b'9', ..]) if is_exponent => length = length.saturating_add(1),
            _ => return Extent::of(length),
        }
    }
}

/// `::`, `:name`, `@name`, `@@name`, or an operator.
fn sigil(bytes: &[u8], first: u8) -> (Kind, Extent) {
    let sigils = if is(bytes, 1, |byte| byte == first) { 2 } else { 1 };
    let name = bytes.get(sigils..).unwrap_or_default();
    if (first == b':' && sigils == 2) || !is(name, 0, |byte| is_word(byte) && !byte.is_ascii_digit()) {
        return (Kind::Symbol, Extent::of(sigils));
    }
    (Kind::Parameter, run(name, is_word).after(sigils))
}

fn run(bytes: &[u8], is_meant: impl Fn(u8) -> bool) -> Extent {
    Extent::of(bytes.iter().position(|byte| !is_meant(*byte)).unwrap_or(bytes.len()))
}

fn is(bytes: &[u8], at: usize, is_meant: impl Fn(u8) -> bool) -> bool {
    bytes.get(at).is_some_and(|byte| is_meant(*byte))
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

const fn is_word(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80..)
}
