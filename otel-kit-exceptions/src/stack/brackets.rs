/// The end, exclusive, of the bracket that opens at `open`. `->` is none.
pub(super) fn close(name: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = b' ';
    for (at, byte) in name.bytes().enumerate().skip(open) {
        match byte {
            b'<' | b'(' | b'[' => depth += 1,
            b'>' if before == b'-' => {}
            b'>' | b')' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        before = byte;
    }
    None
}

/// Where `part` is first outside of all brackets.
pub(super) fn find_outside(name: &str, part: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = b' ';
    for (at, byte) in name.bytes().enumerate() {
        if depth == 0 && name.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(part.as_bytes())) {
            return Some(at);
        }
        match byte {
            b'<' | b'(' | b'[' => depth += 1,
            b'>' if before == b'-' => {}
            b'>' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = byte;
    }
    None
}

/// Without `<..>` and `::<..>` behind a name.
pub(super) fn without_generics(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut from = 0;
    while let Some(open) = generics(name, from) {
        let Some(end) = close(name, open) else { break };
        plain.push_str(name.get(from..open).unwrap_or_default().trim_end_matches("::"));
        from = end;
    }
    plain.push_str(name.get(from..).unwrap_or_default());
    plain
}

/// Where the next `<` is behind a name, at `from` or later.
fn generics(name: &str, from: usize) -> Option<usize> {
    let bytes = name.as_bytes();
    let is_behind_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"_:}".contains(byte);
    let behind_name =
        |at: &usize| at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(is_behind_name);
    let opens = name.get(from..)?.match_indices('<').map(|(at, _)| from + at);
    opens.into_iter().find(behind_name)
}
