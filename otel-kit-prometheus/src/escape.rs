//! Characters that have a meaning of their own in a line.

use crate::Format;

/// A label's value, as it stands between quotes.
pub(crate) fn label_value(out: &mut String, value: &str) {
    write(out, value, true);
}

/// The text after `# HELP`; only OpenMetrics escapes quotes there.
pub(crate) fn help(out: &mut String, text: &str, format: Format) {
    write(out, text, format == Format::OpenMetrics);
}

fn write(out: &mut String, text: &str, quotes: bool) {
    let is_special = |c: char| matches!(c, '\\' | '\n' | '\0') || (quotes && c == '"');
    for piece in text.split_inclusive(is_special) {
        let Some(last) = piece.chars().next_back().filter(|last| is_special(*last)) else {
            out.push_str(piece);
            continue;
        };
        out.push_str(piece.strip_suffix(last).unwrap_or(piece));
        out.push_str(match last {
            '\\' => r"\\",
            '\n' => r"\n",
            '"' => "\\\"",
            _ => "\u{fffd}", // to Prometheus it would be the end
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn backslashes_quotes_and_line_ends_are_escaped_in_values() {
        let value = "C:\\dir \"x\"\nnext\0end ü";
        assert_eq!(escaped(|out| label_value(out, value)), "C:\\\\dir \\\"x\\\"\\nnext\u{fffd}end ü");
        assert_eq!(escaped(|out| label_value(out, "")), "");
    }

    #[test]
    fn quotes_in_a_help_are_escaped_in_openmetrics_alone() {
        let text = "the \"best\"\\\n";
        assert_eq!(escaped(|out| help(out, text, Format::Text)), "the \"best\"\\\\\\n");
        assert_eq!(escaped(|out| help(out, text, Format::OpenMetrics)), "the \\\"best\\\"\\\\\\n");
    }
}
