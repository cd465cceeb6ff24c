use std::collections::HashSet;

use otel_kit_testing::received::Received;

use crate::{
    kind::{Kind, Sent},
    logs::LogLine,
    plan, service,
    watched::Watched,
};

/// Shows a trace, names what is missing, and says the last line; true if all is there.
pub fn of_the_receiver(received: &Received, sent: &[Sent], logs: &[LogLine]) -> bool {
    if let Some(shown) = sent.iter().find(|sent| sent.kind == Kind::Failing).or(sent.first()) {
        println!("\nOne of the traces:\n{}", received.tree(&shown.trace_id));
    }
    let complete = plan::complete(received, sent);
    let whole: HashSet<_> = complete.iter().map(|sent| sent.trace_id.as_str()).collect();
    for broken in sent.iter().filter(|sent| !whole.contains(sent.trace_id.as_str())).take(3) {
        let (expected, outline) =
            (plan::expected(received, broken), plan::outline(&received.trace(&broken.trace_id)));
        println!("trace {} is not complete.\nexpected:\n{expected}\narrived:\n{outline}", broken.trace_id);
    }
    let all_lines = with_ids(sent, logs);
    let checks = received.spans().iter().filter(|span| span.name.contains("/readyz")).count();
    if checks > 0 {
        println!("{checks} spans of health checks, which are to be left out");
    }
    let through_all = complete.iter().filter(|sent| plan::visits_all(received, sent)).count();
    let watched = Watched::of(received);
    let is_watched = watched.is_complete() || sent.iter().all(|sent| sent.kind != Kind::Failing);
    if !is_watched {
        println!("the failing endpoint is to be one exception group, and one alert that fires and is over:");
    }
    watched.show();
    println!("{through_all} of the traces go through all {} services", service::names().count());
    println!(
        "demo: {} traces, {} complete over HTTP, SQL and Kafka ({} %), {} request log lines, {}",
        sent.len(),
        complete.len(),
        percent(complete.len(), sent.len()),
        logs.len(),
        describe(all_lines)
    );
    complete.len() == sent.len() && through_all > 0 && checks == 0 && all_lines && is_watched
}

/// The last line where a collector has the traces; true if all log lines have ids.
pub fn of_a_collector(endpoint: &str, sent: &[Sent], logs: &[LogLine]) -> bool {
    let all_lines = with_ids(sent, logs);
    if let Some(first) = sent.first() {
        println!("one of the trace ids: {}", first.trace_id);
    }
    println!(
        "demo: {} traces sent to {endpoint}, {} request log lines, {}",
        sent.len(),
        logs.len(),
        describe(all_lines)
    );
    all_lines
}

fn with_ids(sent: &[Sent], logs: &[LogLine]) -> bool {
    let ids: HashSet<_> = sent.iter().map(|sent| sent.trace_id.as_str()).collect();
    let known = |line: &LogLine| line.trace_id.as_deref().is_some_and(|id| ids.contains(id));
    !logs.is_empty() && logs.iter().all(known)
}

const fn describe(all_lines: bool) -> &'static str {
    if all_lines { "all with trace ids" } else { "NOT all with trace ids" }
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(0)
}
