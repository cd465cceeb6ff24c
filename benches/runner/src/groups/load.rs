use std::time::Duration;

use super::Group;
use crate::{
    load::{Load, Phase, Run, Telemetry},
    report::{Line, Report},
    spread::Spread,
};

pub(super) const GROUP: Group = Group { name: "load", measure };

/// The runs of each kind, in turn.
#[derive(Default)]
struct Runs {
    none: Vec<Run>,
    sampled: Vec<Run>,
    tenth: Vec<Run>,
}

fn measure() -> Result<Report, String> {
    let mut load = Load::new()?;
    let mut runs = Runs::default();
    for _ in 0..ROUNDS {
        runs.none.push(load.run(Telemetry::None, AT_RATE, Some(SATURATED))?);
        runs.sampled.push(load.run(Telemetry::Sampled, AT_RATE, Some(SATURATED))?);
        runs.tenth.push(load.run(Telemetry::Tenth, AT_RATE, Some(SATURATED))?);
    }
    let mut report =
        Report::new(&["load", "number", "without telemetry", "all sampled", "1 in 10 sampled", "target"]);
    for row in ROWS {
        report.add(row.line(&runs));
    }
    report.add(lost(&runs));
    Ok(report)
}

/// A number of each run: as it is without telemetry, and what telemetry adds.
struct Row {
    load: &'static str,
    name: &'static str,
    number: fn(&Run) -> f64,
    digits: usize,
    at_most: Option<f64>,
}

const ROWS: &[Row] = &[
    Row {
        load: RATE,
        name: "CPU, % of one",
        number: |run| share(&run.at_rate),
        digits: 2,
        at_most: Some(1.0),
    },
    Row { load: RATE, name: "p50, ms", number: |run| quantile(run, 0.5), digits: 3, at_most: None },
    Row { load: RATE, name: "p99, ms", number: |run| quantile(run, 0.99), digits: 3, at_most: Some(0.1) },
    Row { load: RATE, name: "memory, MB", number: |run| megabytes(run.memory), digits: 1, at_most: None },
    Row { load: FULL, name: "requests/s", number: |run| full(run, rate), digits: 0, at_most: None },
    Row { load: FULL, name: "CPU, µs a request", number: |run| full(run, each), digits: 1, at_most: None },
];

impl Row {
    fn line(&self, runs: &Runs) -> Line {
        let added = |with: &[Run]| {
            let pairs = runs.none.iter().zip(with);
            Spread::of(pairs.map(|(without, with)| (self.number)(with) - (self.number)(without)))
        };
        let (sampled, tenth) = (added(&runs.sampled), added(&runs.tenth));
        let misses = |limit: f64| sampled.median() > limit || tenth.median() > limit;
        let over_target = self.at_most.is_some_and(misses);
        let target =
            self.at_most.map(|limit| format!("<= +{limit}{}", if over_target { " (over)" } else { "" }));
        let without = Spread::of(runs.none.iter().map(self.number));
        Line {
            cells: vec![
                self.load.to_owned(),
                self.name.to_owned(),
                without.text(self.digits, false),
                sampled.text(self.digits, true),
                tenth.text(self.digits, true),
                target.unwrap_or_default(),
            ],
            over_target,
        }
    }
}

/// Spans that no receiver saw, of all that were sampled: each request makes two.
fn lost(runs: &Runs) -> Line {
    let share = |run: &Run| 100.0 * (1.0 - ratio(run.arrived.spans, 2 * run.requests));
    let sampled = Spread::of(runs.sampled.iter().map(share));
    let cells = [FULL, "spans lost, %", "", &sampled.text(1, false), "", ""];
    Line { cells: cells.map(str::to_owned).to_vec(), over_target: false }
}

fn share(phase: &Phase) -> f64 {
    100.0 * phase.cpu.as_secs_f64() / phase.time.as_secs_f64()
}

fn quantile(run: &Run, share: f64) -> f64 {
    run.at_rate.answers.quantile(share).as_secs_f64() * 1e3
}

fn full(run: &Run, number: fn(&Phase) -> f64) -> f64 {
    run.saturated.as_ref().map(number).unwrap_or_default()
}

fn rate(phase: &Phase) -> f64 {
    phase.answers.count() / phase.time.as_secs_f64()
}

fn each(phase: &Phase) -> f64 {
    1e6 * phase.cpu.as_secs_f64() / phase.answers.count()
}

fn megabytes(bytes: u64) -> f64 {
    ratio(bytes, 1_000_000)
}

fn ratio(number: u64, of: u64) -> f64 {
    let float = |number: u64| u32::try_from(number).map_or(f64::MAX, f64::from);
    float(number) / float(of)
}

const RATE: &str = "at 100 requests/s";
const FULL: &str = "on 32 connections, no pause";

const ROUNDS: usize = 5;
const AT_RATE: Duration = Duration::from_secs(15);
const SATURATED: Duration = Duration::from_secs(5);
