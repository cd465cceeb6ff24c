use super::cursor::{Cursor, is_word};

/// `12ms`, `1.5s`, `1h2m`.
pub(super) fn duration(rest: &[u8], _: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    let part = |cursor: &mut Cursor<'_>| {
        cursor.digits(1..=20) && {
            cursor.optional(|cursor| cursor.byte(b'.') && cursor.digits(1..=20));
            cursor.any_text(UNITS)
        }
    };
    if !part(&mut cursor) {
        return None;
    }
    for _ in 0..MOST_PARTS {
        cursor.optional(part);
    }
    cursor.end()
}

/// `-1.5`, `1e9`
pub(super) fn float(rest: &[u8], before: u8) -> Option<usize> {
    let mut cursor = signed(rest, before);
    if cursor.skip(|byte| byte.is_ascii_digit()) == 0 {
        return None;
    }
    let mut is_float = false;
    cursor.optional(|cursor| {
        is_float = cursor.byte(b'.') && cursor.skip(|byte| byte.is_ascii_digit()) > 0;
        is_float
    });
    cursor.optional(|cursor| {
        let is_exponent = cursor.any(b"eE") && {
            cursor.any(b"+-");
            cursor.digits(1..=4)
        };
        is_float |= is_exponent;
        is_exponent
    });
    cursor.end().filter(|_| is_float)
}

/// `-42`; longer ones are hexadecimal numbers as well.
pub(super) fn int(rest: &[u8], before: u8) -> Option<usize> {
    let mut cursor = signed(rest, before);
    (cursor.skip(|byte| byte.is_ascii_digit()) > 0).then(|| cursor.end()).flatten()
}

/// Behind the sign, if there is one. A dash between two words is none.
fn signed(rest: &[u8], before: u8) -> Cursor<'_> {
    let mut cursor = Cursor::new(rest);
    if !is_word(before) && !matches!(before, b'>' | b')' | b']') {
        cursor.any(b"+-");
    }
    cursor
}

/// Longer ones come before those that they begin with.
const UNITS: &[&str] = &["ns", "us", "µs", "μs", "ms", "min", "sec", "s", "m", "h"];

/// Hours, minutes, seconds and what is below.
const MOST_PARTS: usize = 5;
