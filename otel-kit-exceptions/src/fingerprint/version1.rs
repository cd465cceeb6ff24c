//! Version 1. It never changes: groups that people know, silence and have settled go by it. A better one will be
//! version 2, beside this one.

use otel_kit_core::exception::Grouping;

use super::{
    Facts, Fingerprint,
    component::Lines,
    origin::{Origin, Source},
    title::{culprit, title},
};
use crate::{message::parameterise, stack::relative};

/// The group of an exception.
pub(crate) fn of(facts: &Facts<'_>) -> Fingerprint {
    let template = parameterise(facts.message);
    let origin = Origin::of(facts);
    let culprit = culprit(facts);
    Fingerprint {
        primary: with_custom(facts, &usual(facts, &origin, &template)).hash(VERSION),
        secondary: with_custom(facts, &without_frames(facts, &template)).hash(VERSION),
        grouping: grouping(facts, &origin),
        title: title(facts, &template, culprit.as_deref()),
        culprit,
        explanation: explanation(facts, &origin, &template),
        in_app: facts.place.is_some()
            || facts.stack.is_some_and(|stack| stack.frames.iter().any(|frame| frame.is_in_app)),
    }
}

/// Types, origin, message if types tell nothing, mechanism.
fn usual(facts: &Facts<'_>, origin: &Origin<'_>, template: &str) -> Lines {
    let mut lines = Lines::default();
    add_types(&mut lines, facts);
    match origin {
        Origin::Frames(functions) => functions.iter().for_each(|function| lines.add(FUNCTION, function)),
        Origin::Place { file, function } => {
            lines.add(FILE, file);
            function.iter().for_each(|(function, _)| lines.add(FUNCTION, function));
        }
        Origin::Operation(operation) => lines.add(OPERATION, operation),
        Origin::Unknown => {}
    }
    add_message(&mut lines, facts, template);
    lines.add(MECHANISM, facts.mechanism.name());
    lines
}

/// Types, the file of the place, message if types tell nothing: what is equal in every build.
fn without_frames(facts: &Facts<'_>, template: &str) -> Lines {
    let mut lines = Lines::default();
    add_types(&mut lines, facts);
    match (facts.place, facts.operation) {
        (Some(place), _) => lines.add(FILE, &relative(place.file)),
        (None, Some(operation)) => lines.add(OPERATION, operation),
        (None, None) => {}
    }
    add_message(&mut lines, facts, template);
    lines
}

fn with_custom(facts: &Facts<'_>, usual: &Lines) -> Lines {
    let Some(parts) = facts.custom else { return usual.clone() };
    let mut lines = Lines::default();
    for part in parts {
        match is_default(part) {
            true => lines.append(usual),
            false => lines.add(CUSTOM, part),
        }
    }
    lines
}

/// `{{ default }}`
fn is_default(part: &str) -> bool {
    let inside = part.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inside.is_some_and(|inside| inside.trim() == "default")
}

fn add_types(lines: &mut Lines, facts: &Facts<'_>) {
    facts.chain.iter().for_each(|name| lines.add(TYPE, name));
}

fn add_message(lines: &mut Lines, facts: &Facts<'_>, template: &str) {
    if needs_message(facts) {
        lines.add(MESSAGE, template);
    }
}

/// Whether nothing but the message tells one cause from another.
fn needs_message(facts: &Facts<'_>) -> bool {
    facts.is_opaque || facts.place.is_none() && facts.operation.is_none()
}

fn grouping(facts: &Facts<'_>, origin: &Origin<'_>) -> Grouping {
    match origin {
        _ if facts.custom.is_some() => Grouping::Custom,
        Origin::Frames(_) | Origin::Place { function: Some((_, Source::Stack)), .. } => Grouping::Frames,
        Origin::Place { .. } | Origin::Operation(_) => Grouping::Place,
        Origin::Unknown => Grouping::Message,
    }
}

fn explanation(facts: &Facts<'_>, origin: &Origin<'_>, template: &str) -> String {
    let explanation = [
        format!("version: {VERSION}"),
        explained_custom(facts),
        match facts.chain {
            [] => "types: none are known".to_owned(),
            chain => format!("types: {}", chain.join(" < ")),
        },
        explained_origin(origin),
        explained_frames(facts, origin),
        match needs_message(facts) {
            true => format!("message: {template}"),
            false => "message: not used, the types and the origin tell the cause".to_owned(),
        },
        format!("mechanism: {}", facts.mechanism.name()),
    ];
    explanation.join("\n")
}

fn explained_custom(facts: &Facts<'_>) -> String {
    match facts.custom {
        None => "custom: no rule has one".to_owned(),
        Some(parts) if parts.iter().any(|part| is_default(part)) => {
            format!("custom: {}, together with what follows", parts.join(", "))
        }
        Some(parts) => format!("custom: {}, and nothing of what follows", parts.join(", ")),
    }
}

fn explained_origin(origin: &Origin<'_>) -> String {
    match origin {
        Origin::Frames(_) => "place: not used, the frames tell the origin".to_owned(),
        Origin::Place { file, function: None } => format!("place: {file}"),
        Origin::Place { file, function: Some((function, Source::Macro)) } => {
            format!("place: {file}, {function} as the macro has it")
        }
        Origin::Place { file, function: Some((function, Source::Stack)) } => {
            format!("place: {file}, {function} as the stack has it")
        }
        Origin::Operation(operation) => {
            format!("operation: {operation}, as it was not recorded in the application's own code")
        }
        Origin::Unknown => "place: not known, nor is the operation, so that the message has to do".to_owned(),
    }
}

fn explained_frames(facts: &Facts<'_>, origin: &Origin<'_>) -> String {
    match (origin, facts.stack) {
        (Origin::Frames(functions), _) => format!("frames: {}", functions.join(" < ")),
        (Origin::Place { function: Some((_, Source::Stack)), .. }, _) => {
            "frames: the innermost function only, as it was recorded there and may have come from elsewhere"
                .to_owned()
        }
        (_, None) => "frames: no stack was taken".to_owned(),
        (_, Some(stack)) if !stack.is_complete => {
            "frames: not used, the build has too little debug information (`debug = \"limited\"` has enough)"
                .to_owned()
        }
        (_, Some(_)) => "frames: not used, none of the application's tells more".to_owned(),
    }
}

const VERSION: &str = "v1";

// What the lines begin with.
const CUSTOM: &str = "custom";
const TYPE: &str = "type";
const FUNCTION: &str = "function";
const FILE: &str = "file";
const OPERATION: &str = "operation";
const MESSAGE: &str = "message";
const MECHANISM: &str = "mechanism";

#[cfg(test)]
mod tests {
    use otel_kit_core::exception::Mechanism;

    use super::{super::Place, *};
    use crate::stack::{Frame, Stack};

    fn facts<'a>(chain: &'a [String], message: &'a str) -> Facts<'a> {
        Facts {
            custom: None,
            chain,
            message,
            is_opaque: false,
            place: Some(Place { file: "shop/src/orders.rs", function: None }),
            operation: None,
            stack: None,
            mechanism: Mechanism::Manual,
        }
    }

    fn types(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn stack(names: &[&str], is_complete: bool) -> Stack {
        let frames = names.iter().map(|name| Frame {
            name: (*name).to_owned(),
            normal: crate::stack::normalise(name),
            is_in_app: name.starts_with("shop::") || name.starts_with("hook::"),
            ..Frame::default()
        });
        Stack { frames: frames.collect(), is_complete, is_of_error: false }
    }

    fn primary(facts: &Facts<'_>) -> String {
        let fingerprint = of(facts);
        assert_eq!(fingerprint.primary.len(), 16);
        fingerprint.primary
    }

    #[test]
    fn messages_count_only_where_types_tell_nothing() {
        let chain = types(&["shop::Error::Gone"]);
        let [one, other, cause] =
            ["user 1 gone", "user 2 gone", "order 1 gone"].map(|text| facts(&chain, text));
        assert_eq!(of(&one).primary, of(&cause).primary);
        let opaque = |facts| Facts { is_opaque: true, ..facts };
        assert_eq!(primary(&opaque(one)), primary(&opaque(other)));
        assert_ne!(primary(&opaque(one)), primary(&opaque(cause)));
        assert_ne!(of(&opaque(one)).secondary, of(&opaque(cause)).secondary);
    }

    #[test]
    fn each_component_counts() {
        let (chain, other_chain) = (types(&["shop::Error::Gone"]), types(&["shop::Error::Full"]));
        let longer = types(&["shop::Error::Gone", "std::io::Error::NotFound"]);
        let one = facts(&chain, "gone");
        let place = |file, function| Some(Place { file, function });
        let others = [
            one,
            facts(&other_chain, "gone"),
            facts(&longer, "gone"),
            Facts { place: place("shop/src/users.rs", None), ..one },
            Facts { place: place("shop/src/orders.rs", Some("shop::orders::take")), ..one },
            Facts { place: None, operation: Some("GET /orders/{id}"), ..one },
            Facts { place: None, operation: Some("GET /users/{id}"), ..one },
            Facts { mechanism: Mechanism::Handler, ..one },
            Facts { place: None, ..one },
        ];
        let mut primaries: Vec<_> = others.iter().map(primary).collect();
        primaries.sort();
        primaries.dedup();
        assert_eq!(primaries.len(), others.len());
    }

    #[test]
    fn of_a_recorded_error_the_function_counts_and_not_who_called() {
        let chain = types(&["shop::Error::Gone"]);
        let [one, caller, other] = [
            stack(&["shop::Pg::load", "shop::route_a"], true),
            stack(&["shop::Pg::load", "shop::route_b"], true),
            stack(&["shop::Pg::store", "shop::route_a"], true),
        ];
        let with = |stack| of(&Facts { stack: Some(stack), ..facts(&chain, "") });
        assert_eq!(with(&one).primary, with(&caller).primary);
        assert_ne!(with(&one).primary, with(&other).primary);
        assert_eq!(with(&one).secondary, with(&other).secondary);
        assert_eq!(with(&one).grouping, Grouping::Frames);
        assert_eq!(with(&one).culprit.as_deref(), Some("shop::Pg::load"));
    }

    #[test]
    fn what_a_macro_knows_of_the_function_makes_the_stack_needless() {
        let chain = types(&["shop::Error::Gone"]);
        let place =
            Some(Place { file: "shop/src/orders.rs", function: Some("shop::Pg<_>::load::{{closure}}") });
        let inlined = stack(&["shop::main"], false);
        let whole = stack(&["shop::Pg::load"], true);
        let with = |stack| of(&Facts { stack, place, ..facts(&chain, "") });
        assert_eq!(with(Some(&whole)).primary, with(Some(&inlined)).primary);
        assert_eq!(with(None).primary, with(Some(&inlined)).primary);
        assert_eq!(with(None).grouping, Grouping::Place);
        assert_eq!(with(Some(&inlined)).culprit.as_deref(), Some("shop::Pg::load"));
    }

    #[test]
    fn an_incomplete_stack_does_not_count_and_the_secondary_fingerprint_links_both_builds() {
        let chain = types(&["panic"]);
        for mechanism in [Mechanism::Panic, Mechanism::Manual] {
            let base = Facts { mechanism, is_opaque: true, ..facts(&chain, "boom") };
            let (whole, part) = (stack(&["shop::load", "shop::take"], true), stack(&["shop::take"], false));
            let [whole, part] = [&whole, &part].map(|stack| of(&Facts { stack: Some(stack), ..base }));
            assert_ne!(whole.primary, part.primary);
            assert_eq!(whole.secondary, part.secondary);
            assert_eq!(part.primary, of(&base).primary);
            assert_eq!((whole.grouping, part.grouping), (Grouping::Frames, Grouping::Place));
            assert!(
                part.explanation.contains("frames: not used, the build has too little debug information")
            );
        }
    }

    #[test]
    fn a_custom_fingerprint_replaces_the_usual_or_is_added_to_it() {
        let (chain, other_chain) = (types(&["shop::Error::Gone"]), types(&["shop::Error::Full"]));
        let with = |chain, parts| of(&Facts { custom: Some(parts), ..facts(chain, "") });
        let (replaced, added) = (types(&["database"]), types(&["database", "{{default}}"]));
        assert_eq!(with(&chain, &replaced).primary, with(&other_chain, &replaced).primary);
        assert_eq!(with(&chain, &replaced).grouping, Grouping::Custom);
        assert_ne!(with(&chain, &added).primary, with(&other_chain, &added).primary);
        assert_ne!(with(&chain, &added).primary, of(&facts(&chain, "")).primary);
        let same = types(&["{{ default }}"]);
        assert_eq!(with(&chain, &same).primary, of(&facts(&chain, "")).primary);
    }

    #[test]
    fn the_explanation_has_a_line_for_each_component() {
        let chain = types(&["shop::Error::Gone", "std::io::Error::NotFound"]);
        let explanation = of(&facts(&chain, "gone")).explanation;
        let names: Vec<_> =
            explanation.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
        assert_eq!(
            names,
            ["version", "custom", "types", "place", "frames", "message", "mechanism"],
            "{explanation}"
        );
    }
}
