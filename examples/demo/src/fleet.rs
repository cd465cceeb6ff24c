use crate::{
    Result,
    logs::LogLine,
    process::Process,
    service::{names, url_variable},
};

/// All services, running. Dropping it kills them.
pub struct Fleet {
    processes: Vec<Process>,
}

impl Fleet {
    /// Starts the services on free ports of this machine, each knowing those that it calls.
    pub async fn start(endpoint: &str, protocol: &str) -> Result<Self> {
        let mut processes: Vec<Process> = Vec::new();
        let mut environment = telemetry_variables(endpoint, protocol);
        for name in names() {
            let process = Process::start(name, &environment).await?;
            environment.push((url_variable(name), process.url.clone()));
            processes.push(process);
        }
        Ok(Self { processes })
    }

    /// URL of the gateway, which is started last.
    pub fn gateway(&self) -> String {
        self.processes.last().map(|process| process.url.clone()).unwrap_or_default()
    }

    /// Stops all, callers first, and gives the log lines of their requests.
    pub async fn stop(self) -> Result<Vec<LogLine>> {
        let mut lines = Vec::new();
        for process in self.processes.into_iter().rev() {
            lines.extend(process.stop().await?);
        }
        Ok(lines)
    }
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
