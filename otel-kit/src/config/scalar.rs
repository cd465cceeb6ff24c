//! The types that YAML's [core schema](https://yaml.org/spec/1.2.2/#103-core-schema) sees in a plain scalar.

/// What a plain scalar stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Plain<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
}

pub(super) fn resolve(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Bool(true),
        "false" | "False" | "FALSE" => Plain::Bool(false),
        _ => int(text).map(Plain::Int).or_else(|| float(text).map(Plain::Float)).unwrap_or(Plain::Text(text)),
    }
}

fn int(text: &str) -> Option<i64> {
    if let Some(hex) = text.strip_prefix("0x") {
        return digits(hex, 16);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, 8);
    }
    text.parse().ok() // takes one sign and decimal digits, like the schema
}

fn digits(text: &str, radix: u32) -> Option<i64> {
    let unsigned = text.bytes().next().is_some_and(|first| first.is_ascii_hexdigit());
    unsigned.then(|| i64::from_str_radix(text, radix).ok())?
}

fn float(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    match unsigned {
        ".inf" | ".Inf" | ".INF" => return Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    // Rust also reads words such as `inf`, which are text to YAML.
    let numeric = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let value: f64 = numeric.then(|| unsigned.parse().ok())??;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_of_the_core_schema() {
        let rows = [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("null", Plain::Null),
            ("true", Plain::Bool(true)),
            ("FALSE", Plain::Bool(false)),
            ("yes", Plain::Text("yes")),
            ("on", Plain::Text("on")),
            ("0", Plain::Int(0)),
            ("-12", Plain::Int(-12)),
            ("+12", Plain::Int(12)),
            ("010", Plain::Int(10)),
            ("0o17", Plain::Int(15)),
            ("0xdeadbeef", Plain::Int(3_735_928_559)),
            ("0x-1", Plain::Text("0x-1")),
            ("1.", Plain::Float(1.0)),
            (".5", Plain::Float(0.5)),
            ("-1e3", Plain::Float(-1000.0)),
            ("99999999999999999999", Plain::Float(1e20)),
            ("-.INF", Plain::Float(f64::NEG_INFINITY)),
            ("inf", Plain::Text("inf")),
            ("nan", Plain::Text("nan")),
            (".", Plain::Text(".")),
            ("1.4.2", Plain::Text("1.4.2")),
            ("--1", Plain::Text("--1")),
            ("1_000", Plain::Text("1_000")),
        ];
        for (text, expected) in rows {
            assert_eq!(resolve(text), expected, "{text}");
        }
        assert!(matches!(resolve(".nan"), Plain::Float(value) if value.is_nan()));
    }
}
