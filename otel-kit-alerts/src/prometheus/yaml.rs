//! The file.

use std::{collections::BTreeMap, fmt::Write};

use super::{promql, templates::template};
use crate::rule::Rule;

pub(super) fn file(rules: &[Rule]) -> String {
    let mut out = "# Made by otel-kit of the alert rules of the service.\ngroups:\n".to_owned();
    if rules.is_empty() {
        return "groups: []\n".to_owned();
    }
    out.push_str("  - name: otel-kit\n    rules:\n");
    for rule in rules {
        write(&mut out, rule);
    }
    out
}

fn write(out: &mut String, rule: &Rule) {
    for part in promql::left_out(rule) {
        let _ = writeln!(out, "      # {part}: PromQL has no word for it");
    }
    let _ = writeln!(out, "      - alert: {}", quoted(&rule.alert));
    let _ = writeln!(out, "        expr: {}", quoted(&promql::of_rule(rule)));
    for (name, time) in [("for", rule.hold), ("keep_firing_for", rule.keep_firing_for)] {
        if !time.is_zero() {
            let _ = writeln!(out, "        {name}: {}", promql::duration(time));
        }
    }
    texts(out, "labels", &rule.labels);
    texts(out, "annotations", &rule.annotations);
}

fn texts(out: &mut String, name: &str, texts: &BTreeMap<String, String>) {
    if texts.is_empty() {
        return;
    }
    let _ = writeln!(out, "        {name}:");
    for (name, text) in texts {
        let _ = writeln!(out, "          {name}: {}", quoted(&template(text)));
    }
}

/// A text of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
