use std::path::PathBuf;

use super::Group;
use crate::{
    cargo,
    receiver::Receiver,
    report::{Line, Report},
    service::Service,
    spread::Spread,
    volume::{Work, Worker},
};

pub(super) const GROUP: Group = Group { name: "volume", measure };

/// What is done many times, with a service that is started for it.
struct Kind {
    name: &'static str,
    service: &'static str,
    ports: &'static [&'static str],
    /// Of each operation.
    spans: u64,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "Kafka: send and process",
        service: "kafka",
        ports: &["KAFKA_PORT", "KAFKA_CONTROLLER_PORT"],
        spans: 3,
    },
    Kind { name: "PostgreSQL: query", service: "postgres", ports: &["POSTGRES_PORT"], spans: 1 },
];

/// The runs of each mode, in turn.
#[derive(Default)]
struct Runs {
    bare: Vec<Run>,
    hasty: Vec<Run>,
    patient: Vec<Run>,
}

struct Run {
    work: Work,
    /// Bytes, before it.
    memory: u64,
    /// Spans that came of it and of the warm-up.
    arrived: u64,
}

fn measure() -> Result<Report, String> {
    let mut bench = Bench { binary: cargo::build("volume-service")?, receiver: Receiver::start()? };
    let columns =
        &["operation", "number", "without the kit", "with it", "with it, waiting for room", "target"];
    let mut report = Report::new(columns);
    for kind in &KINDS {
        let service = Service::start(kind.service, kind.ports)?;
        let mut runs = Runs::default();
        for _ in 0..ROUNDS {
            runs.bare.push(bench.run(kind, &service, Some("bare"))?);
            runs.hasty.push(bench.run(kind, &service, None)?);
            runs.patient.push(bench.run(kind, &service, Some("patient"))?);
        }
        ROWS.iter().for_each(|row| report.add(row.line(kind, &runs)));
        report.add(lost(kind, &runs));
    }
    Ok(report)
}

struct Bench {
    binary: PathBuf,
    receiver: Receiver,
}

impl Bench {
    fn run(&mut self, kind: &Kind, service: &Service, mode: Option<&str>) -> Result<Run, String> {
        let before = self.receiver.arrived()?;
        let arguments: Vec<_> = [kind.service, &service.address].into_iter().chain(mode).collect();
        let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", self.receiver.http.as_str())];
        let mut worker = Worker::start(&self.binary, &arguments, &variables)?;
        let memory = worker.work(WARM_UP)?.memory;
        let work = worker.work(COUNT)?;
        worker.end()?;
        Ok(Run { work, memory, arrived: self.receiver.arrived()?.since(before).spans })
    }
}

/// A number of each run: as it is without the kit, and what that adds.
struct Row {
    name: &'static str,
    number: fn(&Run) -> f64,
    digits: usize,
}

const ROWS: [Row; 5] = [
    Row { name: "a second", number: |run| f64::from(COUNT) / run.work.time.as_secs_f64(), digits: 0 },
    Row { name: "CPU, µs each", number: |run| each(&run.work), digits: 1 },
    Row { name: "of it without exporting", number: |run| each(&run.work) - aside(&run.work), digits: 1 },
    Row { name: "memory, MB", number: |run| megabytes(run.work.memory), digits: 1 },
    Row {
        name: "of it since the first 10,000",
        number: |run| megabytes(run.work.memory) - megabytes(run.memory),
        digits: 1,
    },
];

impl Row {
    fn line(&self, kind: &Kind, runs: &Runs) -> Line {
        let added = |with: &[Run]| {
            let pairs = runs.bare.iter().zip(with);
            let added = Spread::of(pairs.map(|(bare, with)| (self.number)(with) - (self.number)(bare)));
            added.text(self.digits, true)
        };
        let bare = Spread::of(runs.bare.iter().map(self.number)).text(self.digits, false);
        let cells = [kind.name, self.name, &bare, &added(&runs.hasty), &added(&runs.patient), ""];
        Line { cells: cells.map(str::to_owned).to_vec(), over_target: false }
    }
}

/// How far the spans that came are from those that had to. Who waits for room loses none.
fn lost(kind: &Kind, runs: &Runs) -> Line {
    let all = kind.spans * u64::from(WARM_UP + COUNT);
    let lost =
        |runs: &[Run]| Spread::of(runs.iter().map(|run| float(all.abs_diff(run.arrived)))).text(0, false);
    let over_target = runs.patient.iter().any(|run| run.arrived != all);
    let target = if over_target { "0 waiting (over)" } else { "0 waiting" };
    let cells = [kind.name, "spans lost", "", &lost(&runs.hasty), &lost(&runs.patient), target];
    Line { cells: cells.map(str::to_owned).to_vec(), over_target }
}

/// Microseconds on a processor for one operation.
fn each(work: &Work) -> f64 {
    1e6 * work.cpu.as_secs_f64() / f64::from(COUNT)
}

/// The same, of threads for telemetry alone.
fn aside(work: &Work) -> f64 {
    1e6 * work.aside.as_secs_f64() / f64::from(COUNT)
}

fn megabytes(bytes: u64) -> f64 {
    float(bytes) / 1e6
}

fn float(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

const ROUNDS: usize = 5;
const WARM_UP: u32 = 10_000;
const COUNT: u32 = 100_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_waits_for_room_and_loses_a_span_is_over_target() {
        let run = |arrived| Run {
            work: Work { time: Duration::ZERO, cpu: Duration::ZERO, aside: Duration::ZERO, memory: 0 },
            memory: 0,
            arrived,
        };
        let [_, postgres] = &KINDS;
        let line = |hasty, patient| {
            lost(postgres, &Runs { bare: vec![], hasty: vec![run(hasty)], patient: vec![run(patient)] })
        };
        assert!(!line(109_990, 110_000).over_target);
        assert!(line(110_000, 109_999).over_target && line(110_000, 110_001).over_target);
    }
}
