//! The service of `soak-service` at half its saturation, for a long time.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::{
    cargo,
    client::{Answers, Client},
    process::Process,
    receiver::{Measured, Receiver},
};

/// One process from its start to its end.
pub(crate) struct Run {
    pub(crate) sent: u64,
    pub(crate) answered: u64,
    pub(crate) time: Duration,
    /// Of the service, on all processors.
    pub(crate) cpu: Duration,
    /// Bytes after each part, all connections closed.
    pub(crate) memory: Vec<u64>,
    /// The durations of requests.
    pub(crate) measured: Measured,
    pub(crate) spans: Items,
    pub(crate) log_records: Items,
}

/// What became of the items of a signal.
#[derive(Clone, Copy)]
pub(crate) struct Items {
    /// What the receiver counted.
    pub(crate) arrived: u64,
    /// What the service counted.
    pub(crate) lost: u64,
}

/// A short run with as many requests as there can be, and one of the time given with half as many, in ten parts.
pub(crate) fn run(time: Duration) -> Result<[Run; 2], String> {
    let mut soak = Soak { binary: cargo::build("soak-service")?, receiver: Receiver::start()? };
    let saturated = soak.run(1, |client| client.without_pause(SATURATED))?;
    let answered = u32::try_from(saturated.answered).map_err(|_| "there are too many answers")?;
    let interval = (SATURATED * 2).checked_div(answered).ok_or("the service does not answer")?;
    let half = soak.run(PARTS, |client| client.at_intervals(interval, time / PARTS))?;
    Ok([saturated, half])
}

struct Soak {
    binary: PathBuf,
    receiver: Receiver,
}

impl Soak {
    fn run(&mut self, parts: u32, part: impl Fn(&Client<'_>) -> Answers) -> Result<Run, String> {
        let before = self.receiver.arrived()?;
        let service = self.start()?;
        let paths = (0..ROUTES).map(|route| format!("/items{route}/7"));
        let client = Client::new(service.address(), CONNECTIONS, paths);
        let (start, cpu) = (Instant::now(), service.cpu()?);
        let (mut sent, mut answered, mut memory) = (0, 0, Vec::new());
        for _ in 0..parts {
            let answers = part(&client);
            sent += answers.answered() + answers.failed;
            answered += answers.answered();
            memory.push(service.memory()?);
        }
        let (time, cpu) = (start.elapsed(), service.cpu()?.saturating_sub(cpu));
        let lost = lost(&service.terminate()?)?;
        let arrived = self.receiver.arrived()?.since(before);
        let measured = self.receiver.measured("http.server.request.duration")?;
        let spans = Items { arrived: arrived.spans, lost: lost.0 };
        let log_records = Items { arrived: arrived.log_records, lost: lost.1 };
        Ok(Run { sent, answered, time, cpu, memory, measured, spans, log_records })
    }

    fn start(&self) -> Result<Process, String> {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", self.receiver.http.as_str()),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
        ];
        Process::start(&self.binary, &[], &variables)
    }
}

/// Spans and log records, of what the service says in the end.
fn lost(said: &str) -> Result<(u64, u64), String> {
    let counts = said.strip_prefix("lost ").and_then(|counts| counts.split_once(' '));
    let counts = counts.and_then(|(spans, records)| Some((spans.parse().ok()?, records.parse().ok()?)));
    counts.ok_or_else(|| format!("the service ended with `{said}`"))
}

/// As many as the service has.
pub(crate) const ROUTES: u64 = 50;

const CONNECTIONS: u32 = 32;
const SATURATED: Duration = Duration::from_secs(5);
const PARTS: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_the_service_says_what_was_lost() {
        assert_eq!(lost("lost 12 0"), Ok((12, 0)));
        assert!(lost("").is_err() && lost("lost 12").is_err() && lost("12 0").is_err());
    }
}
