use super::{Facts, origin};

/// `shop::Error::Load: user <int> not found (shop::load)`
pub(super) fn title(facts: &Facts<'_>, template: &str, culprit: Option<&str>) -> String {
    let exception_type = facts.chain.first().map_or("error", String::as_str);
    let mut title = exception_type.to_owned();
    if let Some(line) = template.lines().next() {
        title.push_str(": ");
        title.extend(line.chars().take(LONGEST));
        if line.chars().nth(LONGEST).is_some() {
            title.push_str("...");
        }
    }
    if let Some(culprit) = culprit {
        title.push_str(" (");
        title.push_str(culprit);
        title.push(')');
    }
    title
}

/// The function to blame: the innermost of the application's, even of a stack that is not complete enough to group by.
pub(super) fn culprit(facts: &Facts<'_>) -> Option<String> {
    let from_stack =
        || facts.stack.and_then(|stack| origin::functions(stack).first().map(|name| (*name).to_owned()));
    let named = facts.place.and_then(|place| place.function).and_then(crate::stack::normalise);
    named.or_else(from_stack)
}

/// Characters of a message.
const LONGEST: usize = 120;

#[cfg(test)]
mod tests {
    use otel_kit_core::exception::Mechanism;

    use super::*;

    #[test]
    fn a_title_has_type_message_and_culprit_and_is_short() {
        let chain = ["shop::Error::Gone".to_owned()];
        let facts = Facts {
            custom: None,
            chain: &chain,
            message: "",
            is_opaque: false,
            place: None,
            operation: None,
            stack: None,
            mechanism: Mechanism::Manual,
        };
        assert_eq!(title(&facts, "", None), "shop::Error::Gone");
        assert_eq!(
            title(&facts, "user <int>\nis gone", Some("shop::load")),
            "shop::Error::Gone: user <int> (shop::load)"
        );
        let long = title(&facts, &"x".repeat(500), None);
        assert!(long.ends_with("x...") && long.len() < 150, "{long}");
    }
}
