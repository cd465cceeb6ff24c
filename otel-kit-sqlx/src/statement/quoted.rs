/// How far a token reaches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Extent {
    pub(super) length: usize,
    /// Other ways of reading SQL see another token here.
    pub(super) is_doubtful: bool,
    /// It has no end.
    pub(super) is_broken: bool,
}

impl Extent {
    pub(super) const BROKEN: Self = Self { length: 0, is_doubtful: false, is_broken: true };

    pub(super) const fn of(length: usize) -> Self {
        Self { length, is_doubtful: false, is_broken: false }
    }

    pub(super) const fn in_doubt(self) -> Self {
        Self { is_doubtful: true, ..self }
    }

    /// With `length` bytes before it.
    pub(super) const fn after(self, length: usize) -> Self {
        Self { length: self.length.saturating_add(length), ..self }
    }
}

/// A text between quotes; a doubled quote is part of it.
pub(super) fn closed(bytes: &[u8], quote: u8, has_escapes: bool) -> Extent {
    let mut is_doubtful = false;
    let mut at = 1;
    while let Some(found) = find(bytes, at, |byte| byte == quote || byte == b'\\') {
        let next = bytes.get(found.saturating_add(1)).copied();
        let is_backslash = bytes.get(found) == Some(&b'\\');
        is_doubtful |= is_backslash && next == Some(quote);
        if if is_backslash { has_escapes } else { next == Some(quote) } {
            at = found.saturating_add(2);
        } else {
            at = found.saturating_add(1);
            if !is_backslash {
                return Extent { length: at, is_doubtful, is_broken: false };
            }
        }
    }
    Extent { is_doubtful, ..Extent::BROKEN }
}

/// `[name]`
pub(super) fn bracketed(bytes: &[u8]) -> Extent {
    find(bytes, 1, |byte| byte == b']')
        .map_or(Extent::BROKEN, |end| Extent::of(end.saturating_add(1)))
        .in_doubt()
}

/// `$tag$text$tag$`, with the first tag's length.
pub(super) fn dollars(text: &str, length: usize) -> Extent {
    let end = text.split_at_checked(length).and_then(|(tag, rest)| rest.find(tag));
    end.map_or(Extent::BROKEN, |end| Extent::of(end.saturating_add(length).saturating_add(length)))
}

/// `/* text */`
pub(super) fn block_comment(bytes: &[u8], nests: bool) -> Extent {
    let mut depth = 1_usize;
    let mut is_doubtful = false;
    let mut at = 2;
    while let Some(found) = find(bytes, at, |byte| byte == b'*' || byte == b'/') {
        at = found.saturating_add(2);
        match (bytes.get(found), bytes.get(found.saturating_add(1))) {
            (Some(b'*'), Some(b'/')) if depth == 1 => {
                let is_broken = is_code_with_quotes(bytes.get(..at).unwrap_or_default());
                return Extent { length: at, is_doubtful, is_broken };
            }
            (Some(b'*'), Some(b'/')) => depth = depth.saturating_sub(1),
            (Some(b'/'), Some(b'*')) => {
                is_doubtful = true;
                depth = depth.saturating_add(usize::from(nests));
            }
            _ => at = found.saturating_add(1),
        }
    }
    Extent { is_doubtful, ..Extent::BROKEN }
}

/// MySQL runs what is in `/*! */`, so that a string in it may hide the comment's end.
fn is_code_with_quotes(comment: &[u8]) -> bool {
    let is_code = comment.starts_with(b"/*!") || comment.starts_with(b"/*M!");
    is_code && comment.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'`' | b'#' | b'-'))
}

fn find(bytes: &[u8], from: usize, is_meant: impl Fn(u8) -> bool) -> Option<usize> {
    let found = bytes.get(from..)?.iter().position(|byte| is_meant(*byte))?;
    Some(from.saturating_add(found))
}
