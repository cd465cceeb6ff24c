use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, SystemTime},
};

use opentelemetry::{Context, logs::Severity};
use otel_kit_alerts::{AlertsError, channel::Channel, rule::Rule};
use otel_kit_core::{
    Kit,
    log_event::{LogEvent, LogEventSink},
    runtime::Runtime,
    semconv::event::OTEL_KIT_ALERT_NOTIFICATION,
};
use otel_kit_logging::LogEvents;
use otel_kit_sdk::Pipeline;

use crate::{
    assemble::logs::Logs,
    config::{Config, alert_builder, alert_notifications},
};

/// Rules and channels that code adds to those of the configuration.
pub(super) type FromCode = (Vec<Rule>, Vec<(String, Channel)>);

/// The alerts of this telemetry.
#[derive(Clone, Debug)]
pub(crate) struct Alerts {
    alerts: otel_kit_alerts::Alerts,
    /// What they run on, once they do.
    runtime: Option<Arc<dyn Runtime>>,
}

impl Alerts {
    /// The rules, before anything runs. Nothing where there are none.
    ///
    /// # Errors
    /// A rule of the code cannot hold: those of the configuration have been checked.
    pub(super) fn prepare(
        config: &Config,
        logs: &Logs,
        (rules, channels): FromCode,
    ) -> Result<Option<Self>, AlertsError> {
        if config.disabled || (config.alerts.is_empty() && rules.is_empty()) {
            return Ok(None);
        }
        let lines = logs.lines_of(config).build_events();
        let write: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(move |line| notice(&lines, line));
        let written = alert_builder(config).zip(alert_notifications(config, &write));
        let Some((builder, mut settings)) = written else { return Ok(None) };
        settings.channels.extend(channels);
        let alerts = builder.rules(rules).notify(settings).build()?;
        Ok(Some(Self { alerts, runtime: None }))
    }

    /// Begins to evaluate.
    ///
    /// # Errors
    /// A channel cannot start.
    pub(super) fn run(&mut self, pipeline: &Pipeline, kit: &Kit) -> Result<(), AlertsError> {
        let Some(runtime) = pipeline.runtime() else { return Ok(()) };
        self.alerts.run(Arc::clone(&runtime), kit.clone())?;
        self.runtime = Some(runtime);
        Ok(())
    }

    pub(super) fn flush(&self, timeout: Duration) {
        self.wait(self.alerts.flush(timeout), timeout);
    }

    pub(super) fn end(&self, timeout: Duration) {
        self.wait(self.alerts.shutdown(timeout), timeout);
    }

    /// Not on the kit's own thread, which would wait for itself.
    fn wait(&self, work: impl Future<Output = bool> + Send + 'static, timeout: Duration) {
        let Some(runtime) = &self.runtime else { return };
        if thread::current().name() == Some(KIT_THREAD) {
            return;
        }
        let (done, finished) = mpsc::sync_channel(1);
        runtime.spawn(Box::pin(async move {
            let _ = done.send(work.await);
        }));
        let _in_time = finished.recv_timeout(timeout);
    }
}

/// A line of a notification, where log lines go.
fn notice(lines: &LogEvents, line: &str) {
    let now = SystemTime::now();
    let event = LogEvent::new(OTEL_KIT_ALERT_NOTIFICATION, Severity::Warn, now, Context::new());
    lines.emit(event.with_body(line));
}

const KIT_THREAD: &str = "otel-kit";
