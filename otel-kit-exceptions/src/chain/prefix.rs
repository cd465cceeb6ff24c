use std::fmt::{self, Debug, Write};

use super::Text;

/// What an error's type calls itself: the beginning of a derived `Debug`, the name of the struct or of the variant. Only
/// its hash is kept, for it is made for each link of each error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefix {
    hash: u64,
    next: Next,
}

/// Where in a path of identifiers a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    /// The first character of an identifier.
    Start,
    /// One more of it, or what comes after it.
    More,
    /// The second of two colons.
    Colon,
    /// Nothing: the name is over.
    End,
    /// Nothing: it is no name.
    Nothing,
}

impl Prefix {
    /// Stops the formatter at the end of the name, or as soon as it is seen that there is none.
    #[inline]
    pub(crate) fn of(value: &(impl Debug + ?Sized)) -> Self {
        let mut prefix = Self { hash: SEED, next: Next::Start };
        let _stopped = write!(prefix, "{value:?}");
        prefix
    }

    /// Of the name; `None` if there is none.
    pub(crate) fn hash(self) -> Option<u64> {
        matches!(self.next, Next::More | Next::End).then_some(self.hash)
    }

    /// Whether the name says what went wrong.
    pub(crate) fn is_telling(self) -> bool {
        self.hash().is_some_and(|hash| !GENERAL.contains(&hash))
    }

    /// Whether the type is one for many causes, which only its message tells.
    pub(crate) fn is_wide(self) -> bool {
        self.hash().is_some_and(|hash| WIDE.contains(&hash))
    }

    /// The name itself, if it says what went wrong.
    pub(crate) fn telling_name(value: &(impl Debug + ?Sized)) -> Option<String> {
        if !Self::of(value).is_telling() {
            return None;
        }
        let text = Text::<LONGEST>::of(&format_args!("{value:?}"));
        text.as_str().split([' ', '(']).next().map(str::to_owned)
    }
}

impl Write for Prefix {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (mut rest, mut hash) = (text.as_bytes(), self.hash);
        while let [byte, behind @ ..] = rest {
            // Nearly all are of this kind.
            if is_in_name(*byte) && self.next == Next::More {
                hash = step(hash, *byte);
                rest = behind;
                continue;
            }
            self.next = match (*byte, self.next) {
                (b'0'..=b'9', _) => return self.stop(hash, Next::Nothing),
                (byte, Next::Start) if is_in_name(byte) => Next::More,
                (b':', Next::More) => Next::Colon,
                (b':', Next::Colon) => Next::Start,
                // After a name come fields in parentheses or in braces.
                (b'(', Next::More) => return self.stop(hash, Next::End),
                (b' ', Next::More) if behind.first() == Some(&b'{') => return self.stop(hash, Next::End),
                _ => return self.stop(hash, Next::Nothing),
            };
            hash = step(hash, *byte);
            rest = behind;
        }
        self.hash = hash;
        Ok(())
    }
}

impl Prefix {
    fn stop(&mut self, hash: u64, next: Next) -> fmt::Result {
        (self.hash, self.next) = (hash, next);
        Err(fmt::Error)
    }
}

/// As part of an identifier, if not at its beginning.
#[inline]
fn is_in_name(byte: u8) -> bool {
    IN_NAME.get(usize::from(byte)).is_some_and(|is| *is)
}

#[inline]
const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(PRIME)
}

const fn hash_of(name: &str) -> u64 {
    let (mut hash, mut rest) = (SEED, name.as_bytes());
    while let [byte, behind @ ..] = rest {
        hash = step(hash, *byte);
        rest = behind;
    }
    hash
}

/// What many types call themselves.
const GENERAL: [u64; 4] = [hash_of("Error"), hash_of("Custom"), hash_of("Some"), hash_of("None")];

/// Types of the ecosystem that have a code or a kind somewhere inside.
const WIDE: [u64; 6] = [
    hash_of("PgDatabaseError"),
    hash_of("MySqlDatabaseError"),
    hash_of("SqliteError"),
    hash_of("Status"),
    hash_of("hyper::Error"),
    hash_of("reqwest::Error"),
];

/// Those of [FNV-1a](https://en.wikipedia.org/wiki/Fowler%E2%80%93Noll%E2%80%93Vo_hash_function).
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

#[allow(clippy::indexing_slicing, reason = "the compiler does it, and would see that it fails")]
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// Most bytes of a name.
const LONGEST: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(&'static [&'static str]);

    impl Debug for Says {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.iter().try_for_each(|part| f.write_str(part))
        }
    }

    #[test]
    fn the_name_that_a_derived_debug_begins_with_is_the_types() {
        for (debug, name) in [
            (&["ParseIntError", " { ", "kind"][..], Some("ParseIntError")),
            (&["reqwest::Error { kind: Request }"], Some("reqwest::Error")),
            (&["RowNotFound"], Some("RowNotFound")),
            (&["Database", "(", "PgError"], Some("Database")),
            (&["_a7::B8"], Some("_a7::B8")),
            (&["Gr\u{f6}\u{df}e"], Some("Gr\u{f6}\u{df}e")),
            (&["connection refused"], None),
            (&["failed ", "{}"], None),
            (&["\"user 42\""], None),
            (&["a: b"], None),
            (&["::"], None),
            (&["a::"], None),
            (&["::a"], None),
            (&["a:::b"], None),
            (&["a:b"], None),
            (&["a::7"], None),
            (&["7"], None),
            (&[""], None),
        ] {
            assert_eq!(Prefix::telling_name(&Says(debug)).as_deref(), name, "{debug:?}");
            assert_eq!(Prefix::of(&Says(debug)).hash(), name.map(hash_of), "{debug:?}");
        }
    }

    #[test]
    fn a_name_that_many_have_tells_nothing() {
        let general = Prefix::of(&Says(&["Error", "(", "\"EOF\", line: 1)"]));
        assert_eq!((general.is_telling(), general.hash()), (false, Some(hash_of("Error"))));
        assert!(Prefix::of(&Says(&["Gone"])).is_telling());
    }

    #[test]
    fn a_type_for_many_causes_is_known_by_its_name() {
        assert!(Prefix::of(&Says(&["reqwest::Error", " { ", "kind"])).is_wide());
        assert!(!Prefix::of(&Says(&["shop::Error"])).is_wide() && !Prefix::of(&Says(&["a b"])).is_wide());
    }

    #[test]
    fn a_formatter_is_stopped_at_the_end_of_the_name() {
        struct Long;
        impl Debug for Long {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("Long")?;
                f.write_str("(")?;
                panic!("it was not stopped")
            }
        }
        assert!(Prefix::of(&Long).is_telling());
    }
}
