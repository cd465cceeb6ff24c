/// Reads a text byte by byte.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    start: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, start: rest.len() }
    }

    /// How far it has come.
    pub(super) fn read(&self) -> usize {
        self.start - self.rest.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// How many of the next bytes are like that; it stands behind them then.
    pub(super) fn skip(&mut self, is_like: impl Fn(u8) -> bool) -> usize {
        let count = self.rest.iter().take_while(|byte| is_like(**byte)).count();
        self.rest = self.rest.get(count..).unwrap_or_default();
        count
    }

    /// Digits, and how many there have to be. It stays where it is if there are fewer or more.
    pub(super) fn digits(&mut self, count: std::ops::RangeInclusive<usize>) -> bool {
        self.run(count, |byte| byte.is_ascii_digit())
    }

    /// Lower-case hexadecimal digits, exactly so many.
    pub(super) fn lower_hex(&mut self, count: usize) -> bool {
        self.run(count..=count, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    pub(super) fn run(
        &mut self,
        count: std::ops::RangeInclusive<usize>,
        is_like: impl Fn(u8) -> bool,
    ) -> bool {
        let before = *self;
        let is_right = count.contains(&self.skip(is_like));
        if !is_right {
            *self = before;
        }
        is_right
    }

    pub(super) fn byte(&mut self, byte: u8) -> bool {
        self.any(&[byte])
    }

    /// One of the bytes.
    pub(super) fn any(&mut self, bytes: &[u8]) -> bool {
        let is_next = self.peek().is_some_and(|next| bytes.contains(&next));
        if is_next {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        is_next
    }

    pub(super) fn text(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The first of the texts that comes next.
    pub(super) fn any_text(&mut self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.text(text))
    }

    /// What the reader may also find, and nothing if it does not.
    pub(super) fn optional(&mut self, read: impl FnOnce(&mut Self) -> bool) {
        let before = *self;
        if !read(self) {
            *self = before;
        }
    }

    /// True if no word goes on here.
    pub(super) fn is_end(&self) -> bool {
        !self.peek().is_some_and(is_word)
    }

    /// True if something went on here in the message that has a placeholder now.
    pub(super) fn is_before_placeholder(&self) -> bool {
        self.peek() == Some(b'<')
    }

    /// How far it has come, if no word goes on here.
    pub(super) fn end(&self) -> Option<usize> {
        self.is_end().then(|| self.read())
    }
}

/// What words and names are made of; letters beyond ASCII count.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// What stands in `text` without the full stops and the like at its end.
pub(super) fn without_last(text: &[u8], signs: &[u8]) -> usize {
    text.iter().rposition(|byte| !signs.contains(byte)).map_or(0, |last| last + 1)
}
