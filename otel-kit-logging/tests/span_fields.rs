//! What lines say of the spans around them, line after line.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use common::{Captured, Line, json, with};
use tracing::{info, info_span, subscriber::with_default};

fn fields(line: &Line) -> String {
    line.fields()
        .iter()
        .map(|(name, value)| format!("{name}={value} "))
        .collect::<String>()
        .trim_end()
        .to_owned()
}

fn logged(log: impl FnOnce()) -> Vec<String> {
    let captured = Captured::default();
    with_default(json(&captured), log);
    captured.lines().iter().map(fields).collect()
}

#[test]
fn a_span_reads_the_same_in_each_line_and_yields_only_in_the_line_that_has_its_name() {
    let lines = logged(|| {
        let _outer = info_span!("outer", a = "outer", d = "say \"d\"").entered();
        let inner = info_span!("inner", b = 1, c = "inner");
        inner.in_scope(|| {
            info!(x = 1, "nothing in common");
            info!(b = 2, "one of the inner");
            info!(a = "event", "one of the outer");
            info!("nothing of its own");
        });
        inner.record("c", "later");
        inner.in_scope(|| info!("recorded"));
        info!("outside");
    });
    let outer = r#"a="outer" d="say \"d\"""#;
    assert_eq!(
        lines,
        [
            format!(r#"x=1 b=1 c="inner" {outer}"#),
            format!(r#"b=2 c="inner" {outer}"#),
            r#"a="event" b=1 c="inner" d="say \"d\"""#.to_owned(),
            format!(r#"b=1 c="inner" {outer}"#),
            format!(r#"b=1 c="later" {outer}"#),
            outer.to_owned(),
        ]
    );
}

#[test]
fn a_name_that_a_span_has_twice_or_that_is_reserved_is_put_right_in_each_line() {
    let lines = logged(|| {
        let _outer = info_span!("outer", z = 1).entered();
        info_span!("reserved", level = 3, y = 2).in_scope(|| {
            info!("one");
            info!(y = 9, "two");
        });
        info_span!("twice", error = "own", r#error = "rival").in_scope(|| info!(y = 9, "three"));
    });
    assert_eq!(lines, ["fields.level=3 y=2 z=1", "y=9 fields.level=3 z=1", r#"y=9 error="own" z=1"#]);
}

#[test]
fn fields_of_a_span_for_which_there_is_no_room_are_cut_or_left_out() {
    let captured = Captured::default();
    with_default(with(&captured, |layer| layer.max_line_bytes(1_024)), || {
        let _outer = info_span!("outer", n = 1, text = "o".repeat(300)).entered();
        let _inner = info_span!("inner", text2 = "i".repeat(300)).entered();
        info!(own = "e".repeat(300), "long");
        info!("short");
    });
    let [long, short] = &captured.lines()[..] else { panic!("{}", captured.text()) };
    assert!(captured.text().lines().all(|line| line.len() < 1_024));
    assert_eq!((long.get("otel_kit.truncated"), long.get("n")), (&true.into(), &1.into()));
    assert!(long.get("text").as_str().unwrap().ends_with("o…"));
    assert_eq!(long.get("text2"), &"i".repeat(300));
    assert_eq!(short.get("text"), &"o".repeat(300));
    assert!(short.get("otel_kit.truncated").is_null());
}
