//! Text with whatever would break a line escaped.

/// Writes `text` as it stands between the quotes of a JSON string.
pub(super) fn push_json(line: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    if is_clean(rest) {
        return line.extend_from_slice(rest);
    }
    while let Some(at) = rest.iter().position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\')) {
        let (clean, tail) = rest.split_at(at);
        line.extend_from_slice(clean);
        let Some((byte, tail)) = tail.split_first() else { break };
        push_escape(line, *byte);
        rest = tail;
    }
    line.extend_from_slice(rest);
}

/// Whether nothing in it needs an escape, seen eight bytes at a time.
fn is_clean(text: &[u8]) -> bool {
    let (words, _) = text.as_chunks();
    // The last eight bytes, some of them for the second time.
    let end = text.last_chunk().copied().unwrap_or_else(|| short(text));
    words.iter().chain([&end]).fold(0, |found, word| found | escapes(u64::from_ne_bytes(*word))) == 0
}

/// All bytes of a text of less than eight, some of them twice; spaces stand for none.
fn short(text: &[u8]) -> [u8; 8] {
    if let (Some([a, b, c, d]), Some([e, f, g, h])) = (text.first_chunk(), text.last_chunk()) {
        return [*a, *b, *c, *d, *e, *f, *g, *h];
    }
    let byte = |at: usize| text.get(at).copied().unwrap_or(b' ');
    [byte(0), byte(1), byte(2), b' ', b' ', b' ', b' ', b' ']
}

/// Not 0 if one of the eight bytes needs an escape.
const fn escapes(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (quote, backslash) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5c));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & (ONES * 0x80)
}

fn push_escape(line: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            line.extend_from_slice(b"\\u00");
            return super::number::push_hex(line, [byte]);
        }
    };
    line.extend_from_slice(&[b'\\', short]);
}

/// Writes `text` for a terminal: control characters are shown, not obeyed.
pub(super) fn push_visible(line: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    while let Some((clean, tail)) = rest.find(char::is_control).and_then(|at| rest.split_at_checked(at)) {
        line.extend_from_slice(clean.as_bytes());
        let mut chars = tail.chars();
        line.extend(chars.next().into_iter().flat_map(char::escape_default).map(ascii));
        rest = chars.as_str();
    }
    line.extend_from_slice(rest.as_bytes());
}

/// Writes a message for a terminal; it may have several lines, the further ones indented.
pub(super) fn push_message(line: &mut Vec<u8>, message: &str) {
    let mut first = true;
    for part in message.lines() {
        if !first {
            line.extend_from_slice(b"\n    ");
        }
        first = false;
        push_visible(line, part);
    }
}

/// Escapes are ASCII.
fn ascii(character: char) -> u8 {
    u8::try_from(character).unwrap_or(b'?')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(push: fn(&mut Vec<u8>, &str), text: &str) -> String {
        let mut line = Vec::new();
        push(&mut line, text);
        String::from_utf8(line).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_reads_back_from_json(text in any::<String>()) {
            let json = format!("\"{}\"", with(push_json, &text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            prop_assert!(!json.contains(|c: char| c < ' '));
        }

        #[test]
        fn no_control_character_reaches_a_terminal(text in any::<String>()) {
            prop_assert!(!with(push_visible, &text).contains(char::is_control));
            prop_assert!(!with(push_message, &text).contains(|c: char| c.is_control() && c != '\n'));
        }
    }

    #[test]
    fn the_lines_of_a_message_are_indented() {
        assert_eq!(with(push_message, "one\ntwo\x1b[2J"), "one\n    two\\u{1b}[2J");
    }
}
