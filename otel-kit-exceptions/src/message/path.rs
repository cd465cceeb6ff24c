use super::cursor::{Cursor, is_word, without_last};

/// Of a file: `/etc/shop.toml`, `~/a`, `./a`, `C:\a`, `src/main.rs`. A type of media is none, nor is `and/or`.
pub(super) fn path(rest: &[u8], before: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    if cursor.any_text(&["/", "~/", "./", "../"]) || drive(&mut cursor) {
        let mut behind = cursor;
        behind.any(b".");
        let is_one = !b"/<>.-".contains(&before) && behind.peek().is_some_and(is_word);
        cursor.skip(|byte| is_word(byte) || OF_PATHS.contains(&byte));
        return rest.get(..cursor.read()).filter(|_| is_one).map(|path| without_last(path, b".?\\"));
    }
    (!b"./-@".contains(&before)).then(|| relative(rest)).flatten()
}

fn drive(cursor: &mut Cursor<'_>) -> bool {
    let before = *cursor;
    let is_one = cursor.run(1..=1, |byte| byte.is_ascii_alphabetic()) && cursor.text(":\\");
    if !is_one {
        *cursor = before;
    }
    is_one
}

/// With a folder and the ending of a file.
fn relative(rest: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    if cursor.is_end() {
        return None;
    }
    cursor.skip(|byte| is_word(byte) || b"./-".contains(&byte));
    if cursor.is_before_placeholder() {
        return None;
    }
    let path = rest.get(..cursor.read()).and_then(|run| run.get(..without_last(run, b"./-")))?;
    let folder = path.get(..path.iter().position(|byte| *byte == b'/')?)?;
    let file = path.rsplit(|byte| *byte == b'/').next()?;
    let ending = file.get(file.iter().rposition(|byte| *byte == b'.')? + 1..)?;
    let is_ending = (1..=5).contains(&ending.len())
        && ending.iter().all(u8::is_ascii_alphanumeric)
        && ending.iter().any(u8::is_ascii_alphabetic);
    let is_media = MEDIA.iter().any(|media| folder.eq_ignore_ascii_case(media.as_bytes()));
    (is_ending && !is_media).then_some(path.len())
}

const OF_PATHS: &[u8] = b"._-+@%~=#$&/\\*{}?";

/// Types of media, which look like a path.
const MEDIA: &[&str] =
    &["application", "audio", "font", "image", "message", "model", "multipart", "text", "video"];
