//! Texts of rules in Prometheus' template language.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What names labels and values is carried over; what else is in braces is plain text there.
pub(super) fn template(text: &str) -> String {
    let Some(known) = KNOWN.as_ref() else { return text.to_owned() };
    let carried = known.replace_all(text, |found: &Captures<'_>| {
        let part = |index| found.get(index).map_or("", |part| part.as_str());
        match (part(1), part(2), part(3)) {
            ("", "", "") => part(0).replace("{{", "{{ \"{{\" }}"),
            ("", "", value) => format!("{{{{ ${value} }}}}"),
            (of, label, _) => format!("{{{{ ${of}.{label} }}}}"),
        }
    });
    carried.into_owned()
}

static KNOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"[A-Za-z_][A-Za-z0-9_]*";
    let carried = format!(r"\{{\{{-?\s*(?:(labels|externalLabels)\.({name})|(value))\s*-?\}}\}}");
    Regex::new(&format!(r"{carried}|\{{\{{")).ok()
});
