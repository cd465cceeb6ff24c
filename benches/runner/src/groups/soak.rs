use std::{env, time::Duration};

use super::Group;
use crate::{
    report::{Line, Report, grouped},
    soak::{self, Items, ROUTES, Run},
};

pub(super) const GROUP: Group = Group { name: "soak", measure };

/// A long load: whether each request is measured, each span and log record arrives or is counted as lost, and the memory
/// does not grow.
fn measure() -> Result<Report, String> {
    let runs = soak::run(time()?)?;
    let mut report = Report::new(&["number", "on 32 connections, no pause", "at half of that", "target"]);
    ROWS.iter().for_each(|row| report.add(row.line(&runs)));
    Ok(report)
}

fn time() -> Result<Duration, String> {
    let Some(seconds) = env::var_os(VARIABLE) else { return Ok(SHORT) };
    let seconds = seconds.to_str().and_then(|seconds| seconds.parse().ok()).filter(|seconds| *seconds > 0);
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{VARIABLE} is no number of seconds"))
}

struct Row {
    name: &'static str,
    number: fn(&Run) -> String,
    target: &'static str,
    is_met: fn(&[Run; 2]) -> bool,
}

const ROWS: [Row; 13] = [
    Row::shown("time, s", |run| decimal(run.time.as_secs_f64())),
    Row::shown("requests/s", |run| decimal(float(run.answered) / run.time.as_secs_f64())),
    Row::shown("CPU, µs a request", |run| decimal(1e6 * run.cpu.as_secs_f64() / float(run.answered))),
    Row::shown("requests sent", |run| count(run.sent)),
    Row {
        name: "requests answered",
        number: |run| count(run.answered),
        target: "all",
        is_met: |runs| runs.iter().all(|run| run.answered == run.sent),
    },
    Row {
        name: "requests measured",
        number: |run| count(run.measured.measurements),
        target: "all",
        is_met: |runs| runs.iter().all(|run| run.measured.measurements == run.sent),
    },
    Row {
        name: "routes with exemplars",
        number: |run| count(run.measured.with_exemplars),
        target: "all 50",
        is_met: |runs| {
            let each = |run: &Run| [run.measured.points, run.measured.with_exemplars] == [ROUTES; 2];
            runs.iter().all(each)
        },
    },
    Row {
        name: "spans that arrived or were counted as lost",
        number: |run| count(run.spans.accounted()),
        target: "all",
        is_met: |runs| runs.iter().all(|run| run.spans.accounted() == run.sent),
    },
    Row {
        name: "log records, likewise",
        number: |run| count(records(run)),
        target: "all",
        is_met: |runs| runs.iter().all(|run| records(run) == run.sent),
    },
    Row {
        name: "spans lost",
        number: |run| count(run.spans.lost),
        target: "0 at half",
        is_met: |[_, half]| half.spans.lost == 0,
    },
    Row {
        name: "log records lost",
        number: |run| count(run.log_records.lost),
        target: "0 at half",
        is_met: |[_, half]| half.log_records.lost == 0,
    },
    Row::shown("memory, MB", |run| megabytes(run.memory.last().copied().unwrap_or_default())),
    Row {
        name: "of it since a tenth of the time",
        number: |run| megabytes(growth(&run.memory)),
        target: "<= 5",
        is_met: |[_, half]| growth(&half.memory) <= GROWTH,
    },
];

impl Row {
    /// Without a target.
    const fn shown(name: &'static str, number: fn(&Run) -> String) -> Self {
        Self { name, number, target: "", is_met: |_| true }
    }

    fn line(&self, runs: &[Run; 2]) -> Line {
        let over_target = !(self.is_met)(runs);
        let target = format!("{}{}", self.target, if over_target { " (over)" } else { "" });
        let [saturated, half] = runs;
        let cells = vec![self.name.to_owned(), (self.number)(saturated), (self.number)(half), target];
        Line { cells, over_target }
    }
}

impl Items {
    const fn accounted(self) -> u64 {
        self.arrived + self.lost
    }
}

/// What the service logs besides requests is left out, though it could make up for some that are missing.
fn records(run: &Run) -> u64 {
    run.log_records.accounted().min(run.sent)
}

/// How far the memory was above what it was after the first part, at most.
fn growth(memory: &[u64]) -> u64 {
    let most = memory.iter().max();
    most.zip(memory.first()).map_or(0, |(most, first)| most - first)
}

fn count(number: u64) -> String {
    grouped(number.cast_signed())
}

fn megabytes(bytes: u64) -> String {
    decimal(float(bytes) / 1e6)
}

fn decimal(number: f64) -> String {
    format!("{number:.1}")
}

fn float(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// How many seconds the run at half of saturation takes.
const VARIABLE: &str = "OTEL_KIT_SOAK";
const SHORT: Duration = Duration::from_secs(60);
/// Bytes.
const GROWTH: u64 = 5_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receiver::Measured;

    fn run() -> Run {
        let all = Items { arrived: 90, lost: 10 };
        Run {
            sent: 100,
            answered: 100,
            time: SHORT,
            cpu: SHORT,
            memory: vec![8_000_000, 9_000_000],
            measured: Measured { measurements: 100, points: ROUTES, with_exemplars: ROUTES },
            spans: all,
            log_records: all,
        }
    }

    /// The rows that are over target if the run at half of saturation is changed.
    fn over(change: impl FnOnce(&mut Run)) -> Vec<&'static str> {
        let mut half = run();
        half.spans = Items { arrived: 100, lost: 0 };
        half.log_records = half.spans;
        change(&mut half);
        let runs = [run(), half];
        ROWS.iter().filter(|row| row.line(&runs).over_target).map(|row| row.name).collect()
    }

    #[test]
    fn a_run_without_losses_meets_all_targets_although_saturation_had_some() {
        assert_eq!(over(|_| {}), [""; 0]);
    }

    #[test]
    fn whatever_is_missing_is_over_target() {
        assert_eq!(over(|half| half.answered -= 1), ["requests answered"]);
        assert_eq!(over(|half| half.measured.measurements -= 1), ["requests measured"]);
        assert_eq!(over(|half| half.measured.points -= 1), ["routes with exemplars"]);
        assert_eq!(over(|half| half.measured.with_exemplars -= 1), ["routes with exemplars"]);
        assert_eq!(over(|half| half.spans.arrived -= 1), ["spans that arrived or were counted as lost"]);
        assert_eq!(over(|half| half.spans = Items { arrived: 99, lost: 1 }), ["spans lost"]);
        assert_eq!(over(|half| half.log_records.arrived -= 1), ["log records, likewise"]);
        assert_eq!(over(|half| half.log_records.lost += 1), ["log records lost"]);
    }

    #[test]
    fn memory_that_grew_by_more_than_5_mb_after_the_first_part_is_over_target() {
        let with = |memory: &[u64]| over(|half| half.memory = memory.to_vec());
        assert_eq!(with(&[9_000_000, 14_000_000, 1]), [""; 0]);
        assert_eq!(with(&[9_000_000, 14_000_001, 1]), ["of it since a tenth of the time"]);
    }
}
