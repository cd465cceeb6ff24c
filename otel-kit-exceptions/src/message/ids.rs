use super::cursor::Cursor;

/// W3C's, and that of AWS.
pub(super) fn traceparent(rest: &[u8], before: u8) -> Option<usize> {
    let w3c = |cursor: &mut Cursor<'_>| {
        let mut is_field = |count, is_last: bool| cursor.lower_hex(count) && (is_last || cursor.byte(b'-'));
        is_field(2, false) && is_field(32, false) && is_field(16, false) && is_field(2, true)
    };
    let aws = |cursor: &mut Cursor<'_>| {
        cursor.text("1-") && cursor.lower_hex(8) && cursor.byte(b'-') && cursor.lower_hex(24)
    };
    separate(rest, before, w3c).or_else(|| separate(rest, before, aws))
}

pub(super) fn uuid(rest: &[u8], before: u8) -> Option<usize> {
    separate(rest, before, |cursor| {
        [8, 4, 4, 4, 12].into_iter().enumerate().all(|(index, count)| {
            (index == 0 || cursor.byte(b'-')) && cursor.run(count..=count, |byte| byte.is_ascii_hexdigit())
        })
    })
}

/// So many hexadecimal digits.
pub(super) fn digest<const DIGITS: usize>(rest: &[u8], _: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    cursor.run(DIGITS..=DIGITS, |byte| byte.is_ascii_hexdigit()).then(|| cursor.end()).flatten()
}

/// That of OpenStack's object storage.
pub(super) fn swift_transaction(rest: &[u8], before: u8) -> Option<usize> {
    separate(rest, before, |cursor| {
        let is_one = cursor.text("tx") && cursor.lower_hex(21) && cursor.byte(b'-') && cursor.lower_hex(10);
        cursor.optional(|cursor| cursor.byte(b'-') && cursor.skip(|byte| byte.is_ascii_alphanumeric()) > 0);
        is_one
    })
}

/// `0x7f12`, or eight digits and more in one case, one of them no letter.
pub(super) fn hex(rest: &[u8], _: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    if cursor.text("0x") {
        return (cursor.skip(|byte| byte.is_ascii_hexdigit()) > 0).then(|| cursor.end()).flatten();
    }
    let word = rest.get(..cursor.skip(|byte| byte.is_ascii_hexdigit()))?;
    let has = |is_like: fn(&u8) -> bool| word.iter().any(is_like);
    let is_mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    (word.len() >= 8 && has(u8::is_ascii_digit) && !is_mixed).then(|| cursor.end()).flatten()
}

/// The short form: seven digits, of which some are letters and some are not.
pub(super) fn git_sha(rest: &[u8], _: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    let is_one = cursor.lower_hex(7) && rest.iter().take(7).any(u8::is_ascii_digit);
    (is_one && rest.iter().take(7).any(u8::is_ascii_lowercase)).then(|| cursor.end()).flatten()
}

/// A word of sixteen letters and digits and more, such as a ULID.
pub(super) fn long_id(rest: &[u8], _: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    let word = rest.get(..cursor.skip(|byte| byte.is_ascii_alphanumeric()))?;
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    (word.len() >= 16 && digits >= 2 && digits < word.len()).then(|| cursor.end()).flatten()
}

/// What is no part of something longer that has dashes.
fn separate(rest: &[u8], before: u8, read: impl FnOnce(&mut Cursor<'_>) -> bool) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    (before != b'-' && read(&mut cursor) && cursor.peek() != Some(b'-')).then(|| cursor.end()).flatten()
}
