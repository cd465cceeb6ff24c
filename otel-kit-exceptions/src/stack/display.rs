use std::fmt;

use super::{Frame, Stack};

/// The text that [`std::backtrace::Backtrace`] writes, paths of its files in full: a number and a name for each frame,
/// the place on the line below. What belongs to the panic, the recording and the start of the thread is left out, and
/// so is what is too far out to matter.
impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, frame) in self.shown().take(MOST).enumerate() {
            writeln!(f, "{number:4}: {}", if frame.name.is_empty() { "<unknown>" } else { &frame.name })?;
            write_place(frame, f)?;
        }
        match self.shown().count().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(left_out) => writeln!(f, "      [... {left_out} more]"),
        }
    }
}

impl Stack {
    pub(super) fn shown(&self) -> impl Iterator<Item = &Frame> {
        let inner = self.frames.iter().position(|frame| frame.name.contains("__rust_end_short_backtrace"));
        let machinery = || self.frames.iter().position(|frame| !is_machinery(frame)).unwrap_or_default();
        let first = inner.map_or_else(machinery, |inner| inner + 1);
        let is_inside = |frame: &&Frame| !frame.name.contains("__rust_begin_short_backtrace");
        self.frames.iter().skip(first).take_while(is_inside)
    }
}

fn write_place(frame: &Frame, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(file) = &frame.file else { return Ok(()) };
    write!(f, "             at {file}")?;
    for number in [frame.line, frame.column].into_iter().flatten() {
        write!(f, ":{number}")?;
    }
    writeln!(f)
}

/// What takes the stack, and records.
fn is_machinery(frame: &Frame) -> bool {
    let name = frame.name.trim_start_matches('<');
    name.starts_with("backtrace::")
        || frame.normal.is_none() && (name.starts_with("otel_kit") || frame.name.contains(" as otel_kit"))
}

const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(names: &[&str]) -> Stack {
        let frames = names.iter().map(|name| Frame { name: (*name).to_owned(), ..Frame::default() });
        Stack { frames: frames.collect(), ..Stack::default() }
    }

    fn named(stack: &Stack) -> Vec<String> {
        stack.to_string().lines().map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn what_records_is_left_out_and_so_is_the_start_of_the_thread() {
        let recorded = stack(&[
            "backtrace::trace",
            "<E as otel_kit_exceptions::Record>::record",
            "shop::load",
            "",
            "std::sys::backtrace::__rust_begin_short_backtrace",
            "std::rt::lang_start",
        ]);
        assert_eq!(named(&recorded), ["0: shop::load", "1: <unknown>"]);
    }

    #[test]
    fn a_panic_begins_where_its_machinery_ends() {
        let panic = stack(&[
            "otel_kit_exceptions::panic_hook",
            "shop::own_hook",
            "std::sys::backtrace::__rust_end_short_backtrace",
            "core::option::unwrap_failed",
            "shop::load",
        ]);
        assert_eq!(named(&panic), ["0: core::option::unwrap_failed", "1: shop::load"]);
    }

    #[test]
    fn places_stand_below_and_the_text_is_bounded() {
        let mut deep = stack(&["shop::f"; MOST + 2]);
        deep.frames[0].file = Some("shop/src/lib.rs".to_owned());
        deep.frames[0].line = Some(3);
        deep.frames[0].column = Some(5);
        let text = deep.to_string();
        assert!(
            text.starts_with("   0: shop::f\n             at shop/src/lib.rs:3:5\n   1: shop::f\n"),
            "{text}"
        );
        assert!(text.ends_with("  99: shop::f\n      [... 2 more]\n"), "{text}");
    }
}
