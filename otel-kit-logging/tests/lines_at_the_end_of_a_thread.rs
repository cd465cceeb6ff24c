//! Thread-locals that log when they are dropped. Only a global subscriber sees such lines.

mod common;

use std::thread;

use common::{Captured, json};
use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use tracing::info;

struct Last(&'static str);

impl Drop for Last {
    fn drop(&mut self) {
        info!(who = self.0, "dropped");
    }
}

thread_local! {
    static BEFORE: Last = const { Last("before") };
    static AFTER: Last = const { Last("after") };
}

#[test]
fn a_line_written_while_its_thread_ends_is_whole() {
    let captured = Captured::default();
    tracing::subscriber::set_global_default(json(&captured)).unwrap();

    // Thread-locals are dropped in the reverse order of their first use.
    thread::spawn(|| {
        BEFORE.with(|_| ());
        let span =
            SpanContext::new(1_u128.into(), 2_u64.into(), TraceFlags::SAMPLED, false, TraceState::NONE);
        let _span = Context::new().with_remote_span_context(span).attach();
        info!("in the thread");
        AFTER.with(|_| ());
    })
    .join()
    .unwrap();
    thread::spawn(|| BEFORE.with(|_| ())).join().unwrap(); // never logged before

    let lines = captured.lines();
    let [inside, after, before, only] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(inside.get("span_id"), "0000000000000002");
    assert_eq!((after.get("who").as_str(), before.get("who").as_str()), (Some("after"), Some("before")));
    assert_eq!(only.get("who"), "before");
}
