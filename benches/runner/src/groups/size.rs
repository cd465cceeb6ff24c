use std::{fs, path::Path, thread, time::Duration};

use super::Group;
use crate::{
    cargo::{self, Clean},
    client::Client,
    process::Process,
    receiver::Receiver,
    report::{Line, Report},
};

pub(super) const GROUP: Group = Group { name: "size", measure };

const SUBJECTS: &[Subject] = &[
    Subject::new("axum", "size-axum"),
    Subject::new("axum, tower-http 0.7, JSON lines", "size-tower-http"),
    Subject::new(
        "axum, axum-tracing-opentelemetry 0.42, OTLP/gRPC, JSON lines",
        "size-axum-tracing-opentelemetry",
    )
    .over_grpc(),
    Subject::new("axum, opentelemetry-instrumentation-tower 0.19, OTLP/HTTP", "size-instrumentation-tower"),
    Subject::new("otel-kit: axum, OTLP/HTTP, JSON lines", "size-kit").at_most(85.0, 3.5),
    Subject::new("otel-kit: the same and TLS", "size-kit-tls").at_most(120.0, 5.5),
];

struct Subject {
    label: &'static str,
    package: &'static str,
    grpc: bool,
    target: Option<Target>,
}

/// What it may cost.
#[derive(Clone, Copy)]
struct Target {
    seconds: f64,
    megabytes: f64,
}

#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    binary: f64,
    memory: f64,
}

impl Subject {
    const fn new(label: &'static str, package: &'static str) -> Self {
        Self { label, package, grpc: false, target: None }
    }

    const fn over_grpc(mut self) -> Self {
        self.grpc = true;
        self
    }

    /// Ours: seconds of the build, megabytes of the binary.
    const fn at_most(mut self, seconds: f64, megabytes: f64) -> Self {
        self.target = Some(Target { seconds, megabytes });
        self
    }

    fn cost(&self, receiver: &Receiver) -> Result<Cost, String> {
        let Clean { binary, time } = cargo::build_clean(self.package)?;
        let bytes = fs::metadata(&binary).map_err(|error| format!("{}: {error}", binary.display()))?.len();
        let memory = self.idle(&binary, receiver);
        cargo::remove_clean(self.package);
        Ok(Cost { seconds: time.as_secs_f64(), binary: megabytes(bytes), memory: megabytes(memory?) })
    }

    /// Memory after a request and the export of its telemetry.
    fn idle(&self, binary: &Path, receiver: &Receiver) -> Result<u64, String> {
        let endpoint = if self.grpc { &receiver.grpc } else { &receiver.http };
        let variables =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_METRIC_EXPORT_INTERVAL", "1000")];
        let service = Process::start(binary, &[], &variables)?;
        let answers = Client::new(service.address(), 1, ["/hello/world"]).at_intervals(SETTLED, SETTLED);
        if answers.failed > 0 {
            return Err(format!("{} does not answer", self.package));
        }
        thread::sleep(SETTLED);
        service.memory()
    }

    fn line(&self, cost: Cost, bare: Cost) -> Line {
        let bold = if self.target.is_some() { "**" } else { "" };
        let over_target = self.target.is_some_and(|target| target.is_missed_by(cost, bare));
        let target = self.target.map(|Target { seconds, megabytes }| {
            let over = if over_target { " (over)" } else { "" };
            format!("<= {seconds} s, {megabytes} MB, +{MEMORY} MB{over}")
        });
        let over_bare = cost.memory - bare.memory;
        let memory =
            if over_bare == 0.0 { format!("{:.1}", cost.memory) } else { format!("+{over_bare:.1}") };
        Line {
            cells: vec![
                format!("{bold}{}{bold}", self.label),
                format!("{bold}{:.0}{bold}", cost.seconds),
                format!("{bold}{:.2}{bold}", cost.binary),
                format!("{bold}{memory}{bold}"),
                target.unwrap_or_default(),
            ],
            over_target,
        }
    }
}

impl Target {
    fn is_missed_by(self, cost: Cost, bare: Cost) -> bool {
        cost.seconds > self.seconds || cost.binary > self.megabytes || cost.memory - bare.memory > MEMORY
    }
}

fn measure() -> Result<Report, String> {
    cargo::fetch()?;
    let receiver = Receiver::start()?;
    let mut report = Report::new(&["service", "build, CPU s", "binary, MB", "idle memory, MB", "target"]);
    let mut bare = None;
    for subject in SUBJECTS {
        let cost = subject.cost(&receiver)?;
        report.add(subject.line(cost, *bare.get_or_insert(cost)));
    }
    Ok(report)
}

fn megabytes(bytes: u64) -> f64 {
    u32::try_from(bytes).map_or(f64::MAX, |bytes| f64::from(bytes) / 1e6)
}

/// Megabytes that may be added to the first subject.
const MEMORY: f64 = 10.0;
/// Longer than telemetry waits before it is sent.
const SETTLED: Duration = Duration::from_secs(6);

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: Cost = Cost { seconds: 31.0, binary: 1.0, memory: 3.0 };

    #[test]
    fn what_costs_as_much_as_it_may_is_on_target() {
        let ours = Subject::new("ours", "package").at_most(85.0, 3.5);
        let line = ours.line(Cost { seconds: 85.0, binary: 3.5, memory: 13.0 }, BARE);
        assert_eq!(line.cells, ["**ours**", "**85**", "**3.50**", "**+10.0**", "<= 85 s, 3.5 MB, +10 MB"]);
        assert!(!line.over_target);
    }

    #[test]
    fn too_much_of_anything_is_over_target() {
        let ours = Subject::new("ours", "package").at_most(85.0, 3.5);
        for (seconds, binary, memory) in [(86.0, 3.5, 13.0), (85.0, 3.6, 13.0), (85.0, 3.5, 13.1)] {
            assert!(ours.line(Cost { seconds, binary, memory }, BARE).over_target);
        }
    }
}
