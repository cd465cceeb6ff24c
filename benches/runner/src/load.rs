//! The service of `load-service` under load, with and without telemetry.

use std::{path::PathBuf, time::Duration};

use crate::{
    cargo,
    client::{Answers, Client},
    process::Process,
    receiver::{Arrived, Receiver},
};

/// What the service does besides answering.
#[derive(Clone, Copy)]
pub(crate) enum Telemetry {
    /// Nothing.
    None,
    /// Exports everything.
    Sampled,
    /// Exports one trace in ten, all metrics and all logs.
    Tenth,
}

pub(crate) struct Load {
    binary: PathBuf,
    receiver: Receiver,
}

/// One process from its start to its end.
pub(crate) struct Run {
    pub(crate) at_rate: Phase,
    pub(crate) saturated: Option<Phase>,
    /// Bytes, before saturation.
    pub(crate) memory: u64,
    /// Answered and not, all phases and the warm-up.
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    pub(crate) arrived: Arrived,
}

pub(crate) struct Phase {
    pub(crate) answers: Answers,
    /// Of the service, on all processors.
    pub(crate) cpu: Duration,
    pub(crate) time: Duration,
}

impl Load {
    /// Builds what it needs.
    pub(crate) fn new() -> Result<Self, String> {
        Ok(Self { binary: cargo::build("load-service")?, receiver: Receiver::start()? })
    }

    /// A hundred requests a second for the time given, and then as many as there can be.
    pub(crate) fn run(
        &mut self,
        telemetry: Telemetry,
        at_rate: Duration,
        saturated: Option<Duration>,
    ) -> Result<Run, String> {
        let before = self.receiver.arrived()?;
        let service = self.start(telemetry)?;
        let [few, many] = [4, 32].map(|connections| Client::new(service.address(), connections, [PATH]));
        let warm_up = few.at_intervals(INTERVAL, WARM_UP);
        let at_rate = phase(&service, at_rate, |time| few.at_intervals(INTERVAL, time))?;
        let memory = service.memory()?;
        let saturate = |time| phase(&service, time, |time| many.without_pause(time));
        let saturated = saturated.map(saturate).transpose()?;
        service.terminate()?;
        let arrived = self.receiver.arrived()?.since(before);
        let phases =
            || [Some(&warm_up), Some(&at_rate.answers), saturated.as_ref().map(|phase| &phase.answers)];
        let requests = phases().into_iter().flatten().map(Answers::answered).sum();
        let failed = phases().into_iter().flatten().map(|answers| answers.failed).sum();
        Ok(Run { at_rate, saturated, memory, requests, failed, arrived })
    }

    fn start(&self, telemetry: Telemetry) -> Result<Process, String> {
        let ratio = match telemetry {
            Telemetry::None => return Process::start(&self.binary, &["bare"], &[]),
            Telemetry::Sampled => "1",
            Telemetry::Tenth => "0.1",
        };
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", self.receiver.http.as_str()),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", ratio),
        ];
        Process::start(&self.binary, &[], &variables)
    }
}

fn phase(
    service: &Process,
    time: Duration,
    requests: impl FnOnce(Duration) -> Answers,
) -> Result<Phase, String> {
    let before = service.cpu()?;
    let answers = requests(time);
    Ok(Phase { answers, cpu: service.cpu()?.saturating_sub(before), time })
}

const PATH: &str = "/hello/world";
const INTERVAL: Duration = Duration::from_millis(10);
const WARM_UP: Duration = Duration::from_secs(1);
