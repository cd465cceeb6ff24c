//! A value whose `Debug` logs. Only a global subscriber sees such lines.

mod common;

use std::fmt;

use common::{Captured, json};
use serde_json::Value;
use tracing::{info, info_span};

struct Talkative;

impl fmt::Debug for Talkative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(inner = 1, "while another line is made");
        f.write_str("talk")
    }
}

#[test]
fn a_debug_that_logs_makes_whole_lines() {
    let captured = Captured::default();
    tracing::subscriber::set_global_default(json(&captured)).unwrap();

    let span = info_span!("span", span = ?Talkative).entered();
    info!(outer = ?Talkative);
    drop(span);

    let lines = captured.lines();
    let [at_span, inner, outer] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(at_span.fields(), [("inner", 1.into())].map(owned));
    assert_eq!(inner.fields(), [("inner", 1.into()), ("span", "talk".into())].map(owned));
    assert_eq!(outer.fields(), [("outer", "talk".into()), ("span", "talk".into())].map(owned));
}

fn owned((key, value): (&str, Value)) -> (String, Value) {
    (key.to_owned(), value)
}
