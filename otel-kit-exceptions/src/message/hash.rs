use std::hash::Hasher;

use super::classes::{self, AT, CLASSES, DIGIT, HEX, JOIN, KINDS, LETTER, PATH_JOIN, QUOTE, SLASH, WORD};

/// Feeds what stays of a message when it gets its placeholders, or a little more of it, at a fraction of the cost: a
/// word that varies is known by the kinds of its characters.
///
/// Two texts with one hash have one parameterised text, so that what is cached for the first is right for the second.
/// There are texts for which that does not hold, such as `12 x` and `12. x`, but none that one line of code would
/// write. The other way round it need not hold: a text may have several hashes.
pub(crate) fn hash(text: &[u8], hasher: &mut impl Hasher) {
    let mut line = Line { hasher, before: 0, keep: false };
    let mut rest = text;
    while let Some((byte, behind)) = rest.split_first() {
        let class = class(*byte);
        if class & WORD != 0 {
            rest = line.word(rest, class);
        } else if class & QUOTE != 0 && !line.keep {
            line.hasher.write_u64(QUOTED);
            rest = behind_quote(behind);
        } else {
            rest = behind;
        }
    }
}

/// What has been read of a word.
struct Word {
    /// The kinds of all its characters.
    classes: u32,
    /// That of the first.
    first: u32,
    length: usize,
    hash: u64,
    /// The hash before the first sign that joined something to it.
    head: u64,
    head_classes: u32,
}

impl Word {
    /// Goes on as far as there is nothing but letters and digits, and returns the rest.
    #[inline]
    fn read_plain<'t>(&mut self, text: &'t [u8]) -> &'t [u8] {
        let (mut classes, mut hash) = (self.classes, self.hash);
        let end = text.iter().position(|byte| {
            let class = class(*byte);
            let is_plain = class & (LETTER | DIGIT | HEX) != 0;
            if is_plain {
                classes |= class;
                hash = mix(hash, class);
            }
            !is_plain
        });
        (self.classes, self.hash) = (classes, hash);
        end.and_then(|end| text.get(end..)).unwrap_or_default()
    }

    /// Takes a sign as part of the word, unless the word ends before it.
    fn takes(&mut self, class: u32, behind: &[u8]) -> bool {
        let is_part = class & (AT | SLASH) != 0;
        if !is_part && !self.joins(class, behind) {
            return false;
        }
        if !is_part && self.classes & (JOIN | PATH_JOIN) == 0 {
            (self.head, self.head_classes) = (self.hash, self.classes);
        }
        self.classes |= class;
        self.hash = mix(self.hash, class);
        true
    }

    /// Whether a sign goes on with the word and does not end it.
    fn joins(&self, class: u32, behind: &[u8]) -> bool {
        (class & JOIN != 0 || class & PATH_JOIN != 0 && self.classes & SLASH != 0)
            && behind.first().is_some_and(|next| self::class(*next) & WORD != 0)
    }

    /// What it is known by if it varies.
    fn varying(&self) -> Option<u64> {
        let has = |class| self.classes & class != 0;
        let is_joined = has(JOIN | PATH_JOIN);
        let starts_with = |class| self.first & class != 0;
        if has(AT) {
            return is_joined.then_some(EMAIL);
        }
        if has(SLASH) {
            return (is_joined || starts_with(SLASH)).then_some(PATH);
        }
        if !has(DIGIT) {
            return None;
        }
        let kinds = u64::from(self.classes & KINDS);
        if self.length >= LONG && has(LETTER | HEX) && (!has(LETTER) || !is_joined) {
            return Some(ID);
        }
        if starts_with(DIGIT) || !has(LETTER) && self.length >= 7 {
            return Some(kinds);
        }
        (is_joined && self.head_classes & DIGIT == 0).then_some(self.head ^ kinds)
    }
}

/// Where the hashes of words go, and whether a number that comes next tells the cause.
struct Line<'a, H> {
    hasher: &'a mut H,
    /// The hash of the word before.
    before: u64,
    keep: bool,
}

impl<H: Hasher> Line<'_, H> {
    /// Reads the word that `text` begins with, and returns what is behind it.
    #[inline]
    fn word<'t>(&mut self, text: &'t [u8], first: u32) -> &'t [u8] {
        let mut hash = 0;
        let mut sign = 0;
        let letters = text.iter().position(|byte| {
            sign = class(*byte);
            let is_letter = sign & (LETTER | HEX) != 0;
            if is_letter {
                hash = mix(hash, sign);
            }
            !is_letter
        });
        let end = letters.unwrap_or(text.len());
        if letters.is_some() && sign & (WORD | JOIN | PATH_JOIN) != 0 {
            return self.joined(text, first);
        }
        self.plain(hash);
        // What ended it is nothing, unless it is a quote.
        text.get(end + usize::from(sign & QUOTE == 0)..).unwrap_or_default()
    }

    #[inline]
    fn plain(&mut self, word: u64) {
        self.hasher.write_u64(word);
        self.keep = may_be_known(word) && self.tells(word);
        self.before = word;
    }

    /// The same for a word that may have more than letters.
    #[inline(never)]
    fn joined<'t>(&mut self, text: &'t [u8], first: u32) -> &'t [u8] {
        let mut word = Word { classes: 0, first, length: 0, hash: 0, head: 0, head_classes: 0 };
        let mut rest = word.read_plain(text);
        while let Some((sign, behind)) = rest.split_first() {
            let is_http = word.hash == HTTP;
            if !word.takes(class(*sign), behind) {
                break;
            }
            self.keep |= is_http && *sign == b'/'; // `HTTP/1.1 404`
            rest = word.read_plain(behind);
        }
        if word.classes & (DIGIT | AT | SLASH) == 0 {
            self.plain(word.hash);
            return rest;
        }
        word.length = text.len() - rest.len();
        let stays = self.keep && word.length <= 5;
        self.hasher.write_u64(word.varying().filter(|_| !stays).unwrap_or(word.hash));
        self.keep &= word.classes & SLASH != 0;
        self.before = word.hash;
        rest
    }

    /// Whether a number that comes next tells the cause.
    #[inline(never)]
    fn tells(&self, word: u64) -> bool {
        word == ERROR && self.before == OS
            || TELLING.contains(&word)
            || self.keep && CONNECTING.contains(&word)
    }
}

/// False for most words that have no say in what stays.
#[inline]
const fn may_be_known(word: u64) -> bool {
    KNOWN & bit(word) != 0
}

const fn bit(word: u64) -> u64 {
    1 << (word >> 58)
}

fn behind_quote(text: &[u8]) -> &[u8] {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.and_then(|end| text.get(end + 1..)).unwrap_or_default()
}

#[inline]
fn class(byte: u8) -> u32 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// `class` tells the character too.
#[inline]
const fn mix(hash: u64, class: u32) -> u64 {
    (hash.rotate_left(5) ^ class as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const fn of(word: &str) -> u64 {
    let (mut bytes, mut hash) = (word.as_bytes(), 0);
    while let Some((byte, rest)) = bytes.split_first() {
        hash = mix(hash, classes::class(*byte));
        bytes = rest;
    }
    hash
}

/// As many characters as no word has that somebody chose.
const LONG: usize = 16;

/// What stands for words; other hashes are large.
const EMAIL: u64 = 1 << 32;
const PATH: u64 = 2 << 32;
const ID: u64 = 3 << 32;
const QUOTED: u64 = 4 << 32;

const OS: u64 = of("os");
const ERROR: u64 = of("error");
const HTTP: u64 = of("http");

/// A bit for each word that counts, by the first bits of its hash.
const KNOWN: u64 = {
    let mut known = bit(ERROR);
    let mut lists: [&[u64]; 2] = [&TELLING, &CONNECTING];
    while let Some((word, rest)) = lists[0].split_first() {
        known |= bit(*word);
        lists[0] = rest;
        if rest.is_empty() {
            lists[0] = lists[1];
            lists[1] = &[];
        }
    }
    known
};

/// As in [`Keep`](super::keep::Keep).
const TELLING: [u64; 5] = [of("status"), of("code"), of("sqlstate"), HTTP, of("errno")];
const CONNECTING: [u64; 10] = [
    of("client"),
    of("server"),
    ERROR,
    of("is"),
    of("was"),
    of("of"),
    of("some"),
    of("exit"),
    of("response"),
    of("returned"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustc_hash::FxHasher;

    use super::{super::parameterise, *};

    fn hashed(text: &str) -> u64 {
        let mut hasher = FxHasher::default();
        hash(text.as_bytes(), &mut hasher);
        hasher.finish()
    }

    /// Texts of one cause are on one line each.
    const CORPUS: &[&[&str]] = &[
        &["user 42 not found", "user 7 not found", "user 123456 not found"],
        &["order 42 not found", "order 43 not found"],
        &["Connection refused (os error 111)"],
        &["Connection reset by peer (os error 104)"],
        &["No such file or directory (os error 2)"],
        &["HTTP status client error (404 Not Found) for url (http://a.example/x)"],
        &["HTTP status client error (403 Forbidden) for url (http://a.example/y/7)"],
        &["HTTP/1.1 503 Service Unavailable"],
        &["HTTP/1.1 502 Bad Gateway"],
        &["status code: 418"],
        &["status code: 500"],
        &["SQLSTATE 23505"],
        &["SQLSTATE 23503"],
        &["error code: \"42P01\""],
        &["error code: \"42703\""],
        &["missing field `name` at line 3 column 14", "missing field `name` at line 12 column 1"],
        &["missing field `email` at line 3 column 14"],
        &["invalid type: integer `7`, expected a string", "invalid type: integer `1234`, expected a string"],
        &["invalid type: map, expected a string"],
        &["expected value at line 1 column 1", "expected value at line 10 column 22"],
        &[
            "cannot open /var/lib/a.db: denied",
            "cannot open /srv/17/b.db: denied",
            "cannot open /x/y-z/c: denied",
        ],
        &["cannot close /var/lib/a.db: denied"],
        &["timed out after 12ms", "timed out after 350ms", "timed out after 7s"],
        &["timed out after 1.5s", "timed out after 2.25ms"],
        &[
            "request 550e8400-e29b-41d4-a716-446655440000 lost",
            "request a50e8400-e29b-41d4-a716-44665544000f lost",
        ],
        &["message 550e8400-e29b-41d4-a716-446655440000 lost"],
        &["mail to ann@example.org bounced", "mail to bob.lee+x@mail.example.com bounced"],
        &["connect 10.0.0.1:5432 failed", "connect 192.168.0.17:80 failed"],
        &["resolve kafka-1.prod.example.com:9092", "resolve kafka-22.prod.example.com:9092"],
        &["object deadbeef01 is gone", "object 8f3a2b1c77 is gone"],
        &["charge 01HXZ3V4T5W6Y7Z8A9B0C1D2E3 declined", "charge 01HY00000000000000000000A7 declined"],
        &["broker returned \"x\" for \"y\"", "broker returned \"other \\\" text\" for \"\""],
        &["broker refused \"x\" for \"y\""],
        &["worker-7 stopped", "worker-12 stopped"],
        &["reader-7 stopped"],
        &["base64 text is bad"],
        &["base32 text is bad"],
        &["sha256 differs"],
        &["sha512 differs"],
        &["no handler of application/json"],
        &["no handler of text/plain"],
        &["no handler of read/write"],
        &["called `Option::unwrap()` on a `None` value"],
        &[
            "called `Result::unwrap()` on an `Err` value: Os { code: 111, kind: ConnectionRefused, message: \"x\" }",
        ],
        &[
            "called `Result::unwrap()` on an `Err` value: Os { code: 104, kind: ConnectionReset, message: \"x\" }",
        ],
        &[
            "index out of bounds: the len is 3 but the index is 7",
            "index out of bounds: the len is 0 but the index is 0",
        ],
        &["attempt to divide by zero"],
        &["attempt to add with overflow"],
        &["GET https://api.example.com/a/1?b=c failed", "GET https://api.example.com/z/22?b=d failed"],
        &["POST https://api.example.com/a/1 failed"],
        &["BrokerTransportFailure (Local: Broker transport failure)"],
        &["UnknownTopicOrPartition (Broker: Unknown topic or partition)"],
        &["at 2024-01-02T03:04:05Z it broke", "at 2025-12-31T23:59:59Z it broke"],
        &["pool timed out while waiting for an open connection"],
    ];

    #[test]
    fn texts_with_one_hash_have_one_parameterised_text() {
        let texts: Vec<_> = CORPUS.iter().flat_map(|texts| texts.iter()).collect();
        for one in &texts {
            for other in &texts {
                if hashed(one) == hashed(other) {
                    assert_eq!(parameterise(one), parameterise(other));
                }
            }
        }
    }

    #[test]
    fn texts_of_one_cause_have_one_hash_and_others_another() {
        for (index, texts) in CORPUS.iter().enumerate() {
            for text in *texts {
                assert_eq!(hashed(text), hashed(texts[0]), "{text}");
                let others = CORPUS.iter().enumerate().filter(|(other, _)| *other != index);
                assert!(
                    others.flat_map(|(_, texts)| texts.iter()).all(|other| hashed(other) != hashed(text)),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_line_of_code_that_fills_in_numbers_has_few_hashes_however_many_texts() {
        let mut hashes: Vec<_> = (0..10_000_u32)
            .map(|n| hashed(&format!("order-{n} of user {} at {:x}", n * 7, 0x1000_0000 + n * 99_991)))
            .collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert!(hashes.len() <= 8, "{}", hashes.len());
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in any::<Vec<u8>>()) {
            hash(&text, &mut FxHasher::default());
        }
    }
}
