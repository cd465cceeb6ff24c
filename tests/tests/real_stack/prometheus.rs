//! A real Prometheus, the distribution's.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::service::Service;

const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

/// A running Prometheus that scrapes at most one target, each second.
pub(crate) struct Prometheus(Service);

/// An exemplar that it keeps.
#[derive(Debug)]
pub(crate) struct Exemplar {
    /// Labels of the series.
    pub(crate) series: Value,
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    pub(crate) value: f64,
}

impl Prometheus {
    pub(crate) fn scraping(address: &str) -> Self {
        Self(Service::start_with("prometheus", ["PROMETHEUS_PORT"], &[address]))
    }

    /// Where others may send metrics to, if it takes them.
    pub(crate) fn scraping_nothing() -> Self {
        Self(Service::start_with("prometheus", ["PROMETHEUS_PORT"], &[]))
    }

    /// Its URL.
    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    /// The series of this name, labels and value, as soon as they are `enough`; after a time limit, what is there.
    pub(crate) async fn series(
        &self,
        name: &str,
        enough: impl Fn(&[(Value, f64)]) -> bool,
    ) -> Vec<(Value, f64)> {
        let path = format!("query?query={name}");
        self.wait_for(&path, |data| elements(&data["result"]).map(sample).collect(), enough).await
    }

    /// As [`series`](Self::series), of exemplars.
    pub(crate) async fn exemplars(&self, name: &str, enough: impl Fn(&[Exemplar]) -> bool) -> Vec<Exemplar> {
        let path = format!("query_exemplars?query={name}");
        self.wait_for(&path, |data| elements(data).flat_map(exemplars).collect(), enough).await
    }

    /// Type and unit of metrics, as soon as it knows this one.
    pub(crate) async fn type_and_unit(&self, metric: &str) -> Vec<(String, String)> {
        let read = |data: &Value| {
            elements(&data[metric])
                .map(|metadata| (text(&metadata["type"]), text(&metadata["unit"])))
                .collect()
        };
        self.wait_for(&format!("metadata?metric={metric}"), read, |found: &[_]| !found.is_empty()).await
    }

    async fn wait_for<T>(
        &self,
        path: &str,
        read: impl Fn(&Value) -> Vec<T>,
        enough: impl Fn(&[T]) -> bool,
    ) -> Vec<T> {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = reqwest::get(format!("{}/api/v1/{path}", self.0.address)).await.unwrap();
            let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            assert_eq!(answer["status"], "success", "{answer}");
            let found = read(&answer["data"]);
            if enough(&found) || Instant::now() > until {
                return found;
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

/// What `promtool check metrics` says to this text.
pub(crate) fn check(metrics: &str) -> Output {
    let mut promtool = promtool()
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    promtool.stdin.take().unwrap().write_all(metrics.as_bytes()).unwrap();
    promtool.wait_with_output().unwrap()
}

/// The tool that comes with it.
pub(crate) fn promtool() -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/prometheus/install.sh");
    let installed = Command::new(script).stderr(Stdio::inherit()).output().unwrap();
    assert!(installed.status.success(), "no promtool");
    let folder = String::from_utf8(installed.stdout).unwrap();
    Command::new(Path::new(folder.trim()).join("promtool"))
}

fn sample(series: &Value) -> (Value, f64) {
    (series["metric"].clone(), number(&series["value"][1]))
}

fn exemplars(series: &Value) -> impl Iterator<Item = Exemplar> {
    elements(&series["exemplars"]).map(|exemplar| Exemplar {
        series: series["seriesLabels"].clone(),
        trace_id: text(&exemplar["labels"]["trace_id"]),
        span_id: text(&exemplar["labels"]["span_id"]),
        value: number(&exemplar["value"]),
    })
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Prometheus writes numbers as texts.
pub(crate) fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}
