use super::{
    cursor::{Cursor, is_word},
    date::date,
    ids::{digest, git_sha, hex, long_id, swift_transaction, traceparent, uuid},
    keep::Keep,
    network::{email, hostname, ip, url},
    number::{duration, float, int},
    path::path,
};

/// Copies text, with placeholders.
pub(super) struct Scanner {
    result: String,
    /// Characters that may still come.
    room: usize,
    keep: Keep,
    is_cut: bool,
}

/// How long something is that starts here, behind the byte `before`; `None` if it does not.
type Find = fn(&[u8], u8) -> Option<usize>;

impl Scanner {
    pub(super) fn new(most: usize) -> Self {
        Self { result: String::new(), room: most - CUT.len(), keep: Keep::default(), is_cut: false }
    }

    pub(super) fn line(&mut self, line: &str) {
        if !self.result.is_empty() {
            self.copy("\n");
        }
        self.keep = Keep::default();
        let mut quotes = Quotes::default();
        let mut rest = line;
        while !rest.is_empty() && !self.is_cut {
            let length = self.next(rest, &mut quotes).max(1);
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn finish(mut self) -> String {
        if self.is_cut {
            self.result.truncate(self.result.trim_end().len());
            self.result.push_str(CUT);
        }
        self.result
    }

    /// Takes what is next, and returns its length.
    fn next(&mut self, rest: &str, quotes: &mut Quotes) -> usize {
        let bytes = rest.as_bytes();
        let before = self.result.bytes().next_back().unwrap_or(b' ');
        if let Some(length) = quotes.quoted(bytes, before) {
            let is_code = bytes.first() == Some(&b'"')
                && self.keep.is_code(bytes.get(1..length - 1).unwrap_or_default());
            return if is_code {
                self.keep = Keep::default();
                self.copy(rest.get(..length).unwrap_or_default())
            } else {
                self.replace(if before == b'=' { "<quoted_str>" } else { "<str>" }, length)
            };
        }
        if !is_word(before) {
            if let Some(length) = self.keep.number(bytes, before) {
                return self.copy(rest.get(..length).unwrap_or_default());
            }
            if before == b'='
                && let Some(length) = boolean(bytes)
            {
                return self.replace("<bool>", length);
            }
            let found =
                FINDS.iter().find_map(|(find, placeholder)| Some((find(bytes, before)?, *placeholder)));
            if let Some((length, placeholder)) = found {
                return self.replace(placeholder, length);
            }
        }
        self.copy_word(rest)
    }

    fn copy_word(&mut self, rest: &str) -> usize {
        let length = Cursor::new(rest.as_bytes()).skip(is_word);
        if length == 0 {
            return self.copy(rest.get(..1).unwrap_or_default());
        }
        let word = rest.get(..length).unwrap_or_default();
        self.keep.word(word);
        self.copy(word)
    }

    fn copy(&mut self, text: &str) -> usize {
        match self.room.checked_sub(text.chars().count()) {
            Some(room) => {
                self.room = room;
                self.result.push_str(text);
            }
            None => self.is_cut = true,
        }
        text.len()
    }

    /// Puts `placeholder` there. In a list of equal ones it is there already.
    fn replace(&mut self, placeholder: &str, length: usize) -> usize {
        self.keep = Keep::default();
        let listed = self.result.strip_suffix(", ").or_else(|| self.result.strip_suffix(','));
        match listed.filter(|before| before.ends_with(placeholder)).map(str::len) {
            Some(end) => {
                self.room += self.result.len() - end;
                self.result.truncate(end);
            }
            None => {
                self.copy(placeholder);
            }
        }
        length
    }
}

/// Texts in quotes. One that is not closed is none, and nor is what follows in the same line.
#[derive(Default)]
struct Quotes {
    is_open: bool,
}

impl Quotes {
    fn quoted(&mut self, rest: &[u8], before: u8) -> Option<usize> {
        let quote =
            rest.first().copied().filter(|first| *first == b'"' || *first == b'\'' && before == b'=')?;
        if self.is_open {
            return None;
        }
        let mut is_escaped = false;
        let end = rest.iter().skip(1).position(|byte| {
            let is_end = *byte == quote && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            is_end
        });
        self.is_open = end.is_none();
        end.map(|end| end + 2)
    }
}

fn boolean(rest: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    cursor.any_text(&["true", "false", "True", "False", "TRUE", "FALSE"]).then(|| cursor.end()).flatten()
}

/// What stands for the rest.
const CUT: &str = "...";

/// The first that finds something has it.
const FINDS: &[(Find, &str)] = &[
    (email, "<email>"),
    (url, "<url>"),
    (hostname, "<hostname>"),
    (ip, "<ip>"),
    (traceparent, "<traceparent>"),
    (uuid, "<uuid>"),
    (digest::<64>, "<sha256>"),
    (digest::<40>, "<sha1>"),
    (digest::<32>, "<md5>"),
    (date, "<date>"),
    (duration, "<duration>"),
    (swift_transaction, "<swift_txn_id>"),
    (hex, "<hex>"),
    (git_sha, "<git_sha>"),
    (long_id, "<id>"),
    (path, "<path>"),
    (float, "<float>"),
    (int, "<int>"),
];
