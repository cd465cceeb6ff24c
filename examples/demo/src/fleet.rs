use std::{collections::HashSet, time::Duration};

use crate::{
    Result,
    args::Args,
    broker::Broker,
    logs::LogLine,
    process::Process,
    service::{names, url_variable},
    stores::Stores,
};

/// The services that are only ready while a database or a broker is.
const WITH_READINESS: [&str; 3] = ["service-a", "service-b", "service-c"];

/// Times of the services' alerts, so that the demo need not wait.
const ALERTS: [(&str, &str); 3] =
    [("ALERT_INTERVAL", "1s"), ("ALERT_GROUP_WAIT", "0s"), ("ALERT_WINDOW", "4s")];

/// How long the messages on their way may take.
const CATCHING_UP: Duration = Duration::from_secs(30);

/// All services, running. Dropping it kills them.
pub struct Fleet {
    processes: Vec<Process>,
    _broker: Broker,
    _stores: Stores,
}

impl Fleet {
    /// Starts the services on free ports of this machine, each knowing those that it calls.
    pub async fn start(endpoint: &str, args: &Args) -> Result<Self> {
        let broker = Broker::start(args.kafka.as_deref()).await?;
        let stores = Stores::new(args.postgres.clone())?;
        let client = reqwest::Client::new();
        let mut processes: Vec<Process> = Vec::new();
        let mut environment = telemetry_variables(endpoint, &args.protocol);
        environment.push(("KAFKA_BROKERS".to_owned(), broker.address()));
        environment.extend(ALERTS.map(|(name, time)| (name.to_owned(), time.to_owned())));
        for name in names() {
            let mut environment_of_this = environment.clone();
            environment_of_this.push(("DATABASE_URL".to_owned(), stores.url(name)));
            let process = Process::start(name, &environment_of_this).await?;
            if WITH_READINESS.contains(&name) {
                process.wait_until_ready(&client).await?;
            }
            environment.push((url_variable(name), process.url.clone()));
            processes.push(process);
        }
        Ok(Self { processes, _broker: broker, _stores: stores })
    }

    /// URL of the gateway, which is started last.
    pub fn gateway(&self) -> String {
        self.processes.last().map(|process| process.url.clone()).unwrap_or_default()
    }

    /// Stops all, callers first, and gives the log lines of their requests.
    pub async fn stop(self) -> Result<Vec<LogLine>> {
        let mut lines = Vec::new();
        for process in self.processes.into_iter().rev() {
            if process.name == "service-c" {
                process.wait_for_lines(CATCHING_UP, |kept| all_kept(&lines, kept)).await?;
            }
            lines.extend(process.stop().await?);
        }
        Ok(lines)
    }
}

/// Whether service C has a line for each count of which service B has one.
fn all_kept(lines: &[LogLine], kept: &[LogLine]) -> bool {
    let traces = |lines: &[LogLine], message: &str| -> HashSet<Option<String>> {
        lines.iter().filter(|line| line.message == message).map(|line| line.trace_id.clone()).collect()
    };
    traces(lines, "stock counted").is_subset(&traces(kept, "stock count kept"))
}

/// Where telemetry goes, with short delays so that the demo need not wait.
pub fn telemetry_variables(endpoint: &str, protocol: &str) -> Vec<(String, String)> {
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}
