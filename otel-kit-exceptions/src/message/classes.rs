//! Kinds of characters, as bits; above them the character itself, upper and lower case as one, so that one look is
//! enough.

/// Letters that are no digits, and what is like one.
pub(super) const LETTER: u32 = 1;
pub(super) const DIGIT: u32 = 1 << 1;
/// Letters that are hexadecimal digits.
pub(super) const HEX: u32 = 1 << 2;
pub(super) const AT: u32 = 1 << 3;
pub(super) const SLASH: u32 = 1 << 4;
/// What words are made of.
pub(super) const WORD: u32 = LETTER | DIGIT | HEX | AT | SLASH;
/// What joins two words.
pub(super) const JOIN: u32 = DASH | DOT | COLON;
/// What joins two words of a path.
pub(super) const PATH_JOIN: u32 = 1 << 8;
pub(super) const QUOTE: u32 = 1 << 9;
/// All kinds.
pub(super) const KINDS: u32 = 0xffff;

const DASH: u32 = 1 << 5;
const DOT: u32 = 1 << 6;
const COLON: u32 = 1 << 7;

/// The kind of each byte.
pub(super) const CLASSES: [u32; 256] = {
    let mut classes = [0; 256];
    let mut rest: &mut [u32] = &mut classes;
    let mut byte = 0_u8;
    while let Some((entry, behind)) = rest.split_first_mut() {
        *entry = class(byte);
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    classes
};

/// What the table has.
pub(super) const fn class(byte: u8) -> u32 {
    kind(byte) | ((byte | 0x20) as u32) << 16
}

const fn kind(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'f' | b'A'..=b'F' => HEX,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..=0xff => LETTER,
        b'@' => AT,
        b'/' | b'\\' => SLASH,
        b'-' | b'+' => DASH,
        b'.' => DOT,
        b':' => COLON,
        b'?' | b'=' | b'&' | b'%' | b'#' | b'~' => PATH_JOIN,
        b'"' => QUOTE,
        _ => 0,
    }
}
