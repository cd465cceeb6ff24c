use super::cursor::{Cursor, is_word};

/// Whether a number that comes next tells the cause, by the words before it.
#[derive(Clone, Copy, Default)]
pub(super) struct Keep {
    is_on: bool,
    is_behind_os: bool,
}

impl Keep {
    pub(super) fn word(&mut self, word: &str) {
        let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        let is_os_error = self.is_behind_os && is(&["error"]);
        self.is_on = is_os_error || is(TELLING) || self.is_on && is(CONNECTING);
        self.is_behind_os = is(&["os"]);
    }

    /// The length of such a number.
    pub(super) fn number(&mut self, rest: &[u8], before: u8) -> Option<usize> {
        let mut cursor = Cursor::new(rest);
        if !self.is_on || !cursor.digits(1..=5) {
            return None;
        }
        let is_version = before == b'/';
        if is_version {
            cursor.optional(|cursor| cursor.byte(b'.') && cursor.digits(1..=5));
        }
        let mut behind = cursor;
        let is_float = behind.byte(b'.') && behind.peek().is_some_and(is_word);
        let end = cursor.end().filter(|_| !is_float)?;
        self.is_on = is_version;
        Some(end)
    }

    /// Whether a text in quotes is such a number.
    pub(super) fn is_code(&self, text: &[u8]) -> bool {
        self.is_on && (1..=8).contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric)
    }
}

const TELLING: &[&str] = &["status", "code", "sqlstate", "http", "errno"];

/// What may stand between.
const CONNECTING: &[&str] =
    &["client", "server", "error", "is", "was", "of", "some", "exit", "response", "returned"];
