//! References to environment variables in scalars, as the
//! [configuration data model](https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution)
//! of OpenTelemetry has them.

use std::borrow::Cow;

use super::error::Problem;

/// Replaces `${NAME}`, `${env:NAME}` and `${NAME:-default}` in one scalar, and `$$` by `$`.
///
/// What is put in is never looked at again, neither for references nor for YAML.
pub(super) fn substitute<'a>(
    text: &'a str,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Cow<'a, str>, Problem> {
    if !text.contains('$') {
        return Ok(Cow::Borrowed(text));
    }
    let mut result = String::with_capacity(text.len());
    for (index, part) in text.split("$$").enumerate() {
        if index > 0 {
            result.push('$');
        }
        replace_references(part, env, &mut result)?;
    }
    Ok(Cow::Owned(result))
}

fn replace_references(
    part: &str,
    env: &dyn Fn(&str) -> Option<String>,
    result: &mut String,
) -> Result<(), Problem> {
    let mut rest = part;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((reference, behind)) = after.split_once('}') else { break };
        result.push_str(before);
        result.push_str(&value_of(reference, env)?);
        rest = behind;
    }
    result.push_str(rest);
    Ok(())
}

fn value_of(reference: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, Problem> {
    let bare = reference.strip_prefix("env:").unwrap_or(reference);
    let (name, default) = match bare.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (bare, None),
    };
    if !is_name(name) {
        return Err(Problem::new(
            format_args!("`${{{reference}}}` is not a reference to a variable"),
            "write ${NAME}, ${env:NAME} or ${NAME:-default}, and $$ for a dollar sign",
        ));
    }
    let value = env(name).filter(|value| !value.is_empty());
    Ok(value.or_else(|| default.map(str::to_owned)).unwrap_or_default())
}

fn is_name(name: &str) -> bool {
    let is_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    name.bytes().all(is_word) && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "STRING_VALUE" => "value",
            "BOOL_VALUE" => "true",
            "INT_VALUE" => "1",
            "FLOAT_VALUE" => "1.1",
            "HEX_VALUE" => "0xdeadbeef",
            "INVALID_MAP_VALUE" => "value\nkey:value",
            "DO_NOT_REPLACE_ME" => "Never use this value",
            "REPLACE_ME" => "${DO_NOT_REPLACE_ME}",
            "VALUE_WITH_ESCAPE" => "value$$",
            "EMPTY" => "",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn references_become_values_as_in_the_data_model() {
        let rows = [
            ("${STRING_VALUE}", "value"),
            ("${BOOL_VALUE}", "true"),
            ("${INT_VALUE}", "1"),
            ("${FLOAT_VALUE}", "1.1"),
            ("${HEX_VALUE}", "0xdeadbeef"),
            ("${env:STRING_VALUE}", "value"),
            ("${INVALID_MAP_VALUE}", "value\nkey:value"),
            ("foo ${STRING_VALUE} ${FLOAT_VALUE}", "foo value 1.1"),
            ("${UNDEFINED_KEY}", ""),
            ("${EMPTY}", ""),
            ("${UNDEFINED_KEY:-fallback}", "fallback"),
            ("${EMPTY:-fallback}", "fallback"),
            ("${env:UNDEFINED_KEY:-a b:-c}", "a b:-c"),
            ("${UNDEFINED_KEY:-}", ""),
            ("${STRING_VALUE:-fallback}", "value"),
            ("${REPLACE_ME}", "${DO_NOT_REPLACE_ME}"),
            ("${UNDEFINED_KEY:-${STRING_VALUE}}", "${STRING_VALUE}"),
            ("$${STRING_VALUE}", "${STRING_VALUE}"),
            ("$$${STRING_VALUE}", "$value"),
            ("$$$${STRING_VALUE}", "$${STRING_VALUE}"),
            ("$${STRING_VALUE:-fallback}", "${STRING_VALUE:-fallback}"),
            ("$${STRING_VALUE:-${STRING_VALUE}}", "${STRING_VALUE:-value}"),
            ("${UNDEFINED_KEY:-$${UNDEFINED_KEY}}", "${UNDEFINED_KEY:-${UNDEFINED_KEY}}"),
            ("${VALUE_WITH_ESCAPE}", "value$$"),
            ("a $$ b", "a $ b"),
            ("a $ b", "a $ b"),
            ("$", "$"),
            ("${STRING_VALUE", "${STRING_VALUE"),
            ("${STRING_VALUE}}", "value}"),
            ("${STRING_VALUE:-${INT_VALUE}}", "value}"),
        ];
        for (text, expected) in rows {
            assert_eq!(substitute(text, &variables).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_malformed_reference_fails_the_whole_text() {
        for text in ["${STRING_VALUE:?error}", "a ${1A} b", "${API_$KEY}", "${}", "${sys:HOME}", "${A B}"] {
            assert!(substitute(text, &variables).is_err(), "{text}");
        }
        assert_eq!(
            substitute("${1A}", &variables).unwrap_err().message,
            "`${1A}` is not a reference to a variable; write ${NAME}, ${env:NAME} or ${NAME:-default}, \
             and $$ for a dollar sign"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_substituted_or_refused(text in "[$:{}A-C_-]{0,24}") {
            let _ = substitute(&text, &variables);
        }

        #[test]
        fn text_without_dollar_signs_stays_as_it_is(text in "[^$]*") {
            prop_assert_eq!(substitute(&text, &variables).unwrap(), text.as_str());
        }
    }
}
