use otel_kit_alerts::rule::{MatchOp, Matcher};

use crate::config::{error::Problem, values::parse_each};

/// `name="value"`, with `=`, `!=`, `=~` or `!~`, as Prometheus writes it; the quotes may be left out.
pub(super) fn matchers(texts: &[String]) -> Result<Vec<Matcher>, Problem> {
    parse_each(texts, matcher)
}

fn matcher(text: &str) -> Result<Matcher, Problem> {
    let bad = || {
        Problem::new(
            format_args!("`{text}` is not a matcher"),
            "write a name, =, !=, =~ or !~, and a value: http.route=\"/orders\"",
        )
    };
    let at = text.find(['=', '!']).filter(|at| *at > 0).ok_or_else(bad)?;
    let (name, rest) = text.split_at(at);
    let (op, value) = OPERATORS
        .iter()
        .find_map(|(operator, op)| Some((*op, rest.strip_prefix(operator)?)))
        .ok_or_else(bad)?;
    let value = unquoted(value.trim()).ok_or_else(bad)?;
    Ok(Matcher::new(name.trim(), op, value))
}

fn unquoted(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    let inner = inner.strip_suffix('"')?;
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next()? {
                'n' => '\n',
                't' => '\t',
                escaped => escaped,
            },
            '"' => return None,
            plain => plain,
        });
    }
    Some(text)
}

/// The longer ones first.
const OPERATORS: [(&str, MatchOp); 4] =
    [("=~", MatchOp::Regex), ("!~", MatchOp::NotRegex), ("!=", MatchOp::NotEqual), ("=", MatchOp::Equal)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_written_as_in_prometheus() {
        let cases = [
            ("a=b", Matcher::equal("a", "b")),
            ("http.route = \"/a b\"", Matcher::equal("http.route", "/a b")),
            ("error.type!=\"\"", Matcher::not_equal("error.type", "")),
            ("s=~5..", Matcher::regex("s", "5..")),
            ("s!~\"5\\\\d\\\"\"", Matcher::not_regex("s", "5\\d\"")),
            ("a==b", Matcher::equal("a", "=b")),
        ];
        for (text, expected) in cases {
            assert_eq!(matcher(text).unwrap(), expected, "{text}");
        }
        for text in ["", "a", "=b", "a\"b", "a!b", "a=\"b", "a=\"b\"c\"", "a=\"b\\\""] {
            assert!(matcher(text).is_err(), "{text}");
        }
    }
}
