use super::{
    InApp, Stack,
    builder::{Builder, Found},
};

/// A stack trace as the standard library writes it, which is that of `anyhow` too; empty if it is none, such as
/// `disabled backtrace`.
pub(crate) fn parse_text(text: &str, in_app: &InApp) -> Stack {
    let mut builder = Builder::new(in_app);
    let mut called: Option<Found> = None;
    for line in text.lines() {
        if builder.len() == MOST {
            break;
        }
        if let Some(place) = line.trim_start().strip_prefix("at ") {
            let (file, line, column) = parse_place(place.trim_end());
            called = called.map(|found| found.with_place(Some(file), line, column));
        } else if let Some(name) = parse_name(line) {
            called.replace(Found::new(name)).into_iter().for_each(|found| builder.push(found));
        }
    }
    called.into_iter().for_each(|found| builder.push(found));
    Stack { is_of_error: true, ..builder.build() }
}

/// `  12: shop::load`, `  12:  0x55d0c8040000 - shop::load`, and what was inlined into it on lines of its own.
fn parse_name(line: &str) -> Option<&str> {
    let trimmed = line.trim();
    let name = match trimmed.split_once(": ") {
        Some((number, name)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name.trim_start(),
        _ if line.starts_with(INLINED) && !trimmed.is_empty() => trimmed,
        _ => return None,
    };
    match name.split_once(" - ") {
        Some((address, name)) if address.starts_with("0x") => Some(name),
        _ => Some(name),
    }
}

/// `shop/src/lib.rs:12:5`
fn parse_place(place: &str) -> (&str, Option<u32>, Option<u32>) {
    let last = |place: &'_ str| {
        let (rest, number) = place.rsplit_once(':')?;
        Some((rest.len(), number.parse::<u32>().ok()?))
    };
    let Some((end, second)) = last(place) else { return (place, None, None) };
    let rest = place.get(..end).unwrap_or_default();
    match last(rest) {
        Some((end, first)) => (rest.get(..end).unwrap_or_default(), Some(first), Some(second)),
        None => (rest, Some(second), None),
    }
}

/// More than any stack has that tells of one cause.
const MOST: usize = 512;

/// What stands before a name without a number.
const INLINED: &str = "      ";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "   \
   0: std::backtrace::Backtrace::create
             at /rustc/59807616e1fa/library/std/src/backtrace.rs:331:13
   1: anyhow::error::<impl core::convert::From<E> for anyhow::Error>::from
      shop::parse
             at ./shop/src/parse.rs:17:9
  12:     0x55d0c8040000 - <shop::Service as shop::Any>::any
             at C:\\shop\\src\\lib.rs:5
  13: __libc_start_main
";

    fn parse(text: &str) -> Stack {
        parse_text(text, &InApp::new(&[]))
    }

    #[test]
    fn names_files_and_lines_are_read() {
        let stack = parse(TEXT);
        let read: Vec<_> = stack
            .frames
            .iter()
            .map(|frame| (&*frame.name, frame.file.as_deref(), frame.line, frame.column))
            .collect();
        assert_eq!(
            read,
            [
                (
                    "std::backtrace::Backtrace::create",
                    Some("/rustc/59807616e1fa/library/std/src/backtrace.rs"),
                    Some(331),
                    Some(13)
                ),
                ("anyhow::error::<impl core::convert::From<E> for anyhow::Error>::from", None, None, None),
                ("shop::parse", Some("./shop/src/parse.rs"), Some(17), Some(9)),
                ("<shop::Service as shop::Any>::any", Some("C:\\shop\\src\\lib.rs"), Some(5), None),
                ("__libc_start_main", None, None, None),
            ]
        );
        assert!(stack.is_complete && stack.is_of_error);
        let own: Vec<_> =
            stack.frames.iter().filter(|frame| frame.is_in_app).map(|frame| &*frame.name).collect();
        assert_eq!(own, ["shop::parse", "<shop::Service as shop::Any>::any"]);
    }

    #[test]
    fn what_is_no_stack_has_no_frames() {
        for text in ["", "disabled backtrace", "unsupported backtrace", "error: 1", "at home:1:2"] {
            assert_eq!(parse(text).frames, [], "{text}");
            assert!(!parse(text).is_complete);
        }
    }

    #[test]
    fn the_library_writes_what_is_read() {
        let text = std::backtrace::Backtrace::force_capture().to_string();
        let stack = parse(&text);
        assert!(
            stack.frames.iter().any(|frame| frame.name.ends_with("the_library_writes_what_is_read")),
            "{text}"
        );
        assert_eq!(parse(&stack.to_string()).frames.len(), stack.shown().count(), "{stack}");
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            let _ = parse(&text).to_string();
        }

        #[test]
        fn any_lines_are_taken(text in r"( {0,7}([0-9]{1,3}: )?(at )?[a-z<>:]{0,9}(:[0-9]{0,12}){0,3}\n){0,8}") {
            let _ = parse(&text).to_string();
        }
    }
}
