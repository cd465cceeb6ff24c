//! Rules from metrics to what is sent.

mod cost;
mod exceptions;
mod kinds;
mod policies;
mod restart;
mod states;

use std::time::Duration;

use otel_kit_core::metrics::Metric;

use super::*;
use crate::testing::{at, snapshot};

const MINUTE: u64 = 60_000;

/// An engine that evaluates once a minute.
struct Scene {
    engine: Engine,
    minute: u64,
}

impl Scene {
    fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        Self { engine: Engine::new(rules.into_iter().collect(), &settings()).unwrap(), minute: 0 }
    }

    fn now(&self) -> SystemTime {
        at(self.minute * MINUTE)
    }

    /// Evaluates these metrics, a minute after those before.
    fn step<const N: usize>(&mut self, metrics: [Metric; N]) -> Evaluation {
        let snapshot = snapshot(self.minute * MINUTE, metrics);
        self.evaluate(Ok(&snapshot), &[])
    }

    fn fail(&mut self) -> Evaluation {
        self.evaluate(Err("no metrics"), &[])
    }

    fn groups(&mut self, groups: &[Group]) -> Evaluation {
        self.evaluate(Err("no metrics"), groups)
    }

    fn evaluate(&mut self, metrics: Result<&Snapshot, &str>, groups: &[Group]) -> Evaluation {
        let evaluation = self.engine.evaluate(at(self.minute * MINUTE), metrics, groups);
        self.minute += 1;
        evaluation
    }

    /// The alerts that fire: their labels without the name, and their values.
    fn firing(&self) -> Vec<(String, Option<f64>)> {
        let alerts = self.engine.alerts().into_iter().filter(|alert| alert.state == AlertState::Firing);
        let mut firing: Vec<_> = alerts.map(|alert| (told(&alert), alert.value)).collect();
        firing.sort_by(|a, b| a.0.cmp(&b.0));
        firing
    }

    /// The value of the only alert that fires.
    fn value(&self) -> Option<f64> {
        match &self.firing()[..] {
            [(_, value)] => *value,
            [] => None,
            more => panic!("more than one alert: {more:?}"),
        }
    }
}

fn settings() -> EngineSettings {
    EngineSettings { interval: Duration::from_secs(60), memory: 16 << 20, labels: [].into() }
}

fn told(alert: &Alert) -> String {
    let labels = alert.labels.iter().filter(|(name, _)| *name != ALERT_NAME);
    labels.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// What is sent, as name and state.
fn sent(evaluation: &Evaluation) -> Vec<(&str, &'static str)> {
    evaluation.to_send.iter().map(|alert| (alert.labels[ALERT_NAME].as_str(), alert.state.name())).collect()
}
