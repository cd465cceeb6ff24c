use std::time::Duration;

use super::Group;
use crate::{
    load::{Load, Telemetry},
    report::{Line, Report},
};

pub(super) const GROUP: Group = Group { name: "delivery", measure };

/// A short load: whether each request is answered, and all its telemetry arrives.
fn measure() -> Result<Report, String> {
    let mut load = Load::new()?;
    let run = load.run(Telemetry::Sampled, SHORT, None)?;
    let requests = run.requests;
    let mut report = Report::new(&["of 100 requests a second", "sent", "arrived", "target"]);
    report.add(line("requests", requests + run.failed, requests));
    report.add(line("spans", 2 * requests, run.arrived.spans));
    // What the service logs besides comes on top.
    report.add(line("log records", requests, run.arrived.log_records.min(requests)));
    Ok(report)
}

fn line(name: &str, sent: u64, arrived: u64) -> Line {
    let over_target = sent != arrived;
    let target = if over_target { "all (over)" } else { "all" };
    Line {
        cells: vec![name.to_owned(), sent.to_string(), arrived.to_string(), target.to_owned()],
        over_target,
    }
}

const SHORT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_arrive_is_over_target() {
        assert!(!line("spans", 10, 10).over_target);
        assert!(line("spans", 10, 9).over_target);
        assert!(line("spans", 10, 11).over_target);
    }
}
