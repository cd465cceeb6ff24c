use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

#[cfg(feature = "alerts")]
use super::PartialAlerts;
use super::{PartialAlertRule, PartialChannel, PartialRoute, PartialSilence};
use crate::config::{ConfigError, layers::Layers, print::Printer, read::duration_text, values};

/// Alert rules and who is told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alerts {
    /// How often rules are evaluated.
    pub interval: Duration,
    /// Most memory that the rules' histories may take, in bytes.
    pub memory: u64,
    /// Where the state is kept over restarts.
    pub state_file: Option<PathBuf>,
    /// Where the service is found.
    pub external_url: Option<String>,
    /// Where traces are shown.
    pub trace_url: Option<String>,
    /// Labels that all alerts have.
    pub labels: BTreeMap<String, String>,
    /// Names of ready-made rules.
    pub presets: Vec<String>,
    /// The rules, as they were written.
    pub rules: Vec<PartialAlertRule>,
    /// Who is told, by name, as it was written.
    pub channels: BTreeMap<String, PartialChannel>,
    /// Which alerts go together, as it was written.
    pub route: PartialRoute,
    /// What nobody wants to hear for a time, as it was written.
    pub silences: Vec<PartialSilence>,
}

impl Alerts {
    /// True if there is nothing to evaluate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.presets.is_empty()
    }
}

pub(in crate::config) fn resolve(layers: &mut Layers) -> Result<Alerts, ConfigError> {
    layers.section("alerts", "alerts", layers.features.alerts, |p| &p.alerts)?;
    let interval = layers.pick("alerts.interval", |p| p.alerts.interval, values::period)?;
    let alerts = Alerts {
        interval: interval.unwrap_or(INTERVAL),
        memory: layers.take(|p| p.alerts.memory).unwrap_or(MEMORY),
        state_file: layers.take(|p| p.alerts.state_file.clone()),
        external_url: layers.take(|p| p.alerts.external_url.clone()),
        trace_url: layers.take(|p| p.alerts.trace_url.clone()),
        labels: layers.merge(
            "alerts.labels",
            |p| &p.alerts.labels,
            |name, text| Ok((name.to_owned(), text)),
        )?,
        presets: layers.take(|p| p.alerts.presets.clone()).unwrap_or_default(),
        rules: layers.take(|p| p.alerts.rules.clone()).unwrap_or_default(),
        channels: layers.merge(
            "alerts.channels",
            |p| &p.alerts.channels,
            |name, it| Ok((name.to_owned(), it)),
        )?,
        route: route(layers),
        silences: layers.take(|p| p.alerts.silences.clone()).unwrap_or_default(),
    };
    #[cfg(feature = "alerts")]
    if let Err(problem) = super::convert::check(&alerts) {
        let source = layers.source(|p| p.alerts != PartialAlerts::default());
        layers.refuse(source, "alerts", &problem)?;
    }
    Ok(alerts)
}

fn route(layers: &Layers) -> PartialRoute {
    PartialRoute {
        group_by: layers.take(|p| p.alerts.route.group_by.clone()),
        group_wait: layers.take(|p| p.alerts.route.group_wait),
        group_interval: layers.take(|p| p.alerts.route.group_interval),
        repeat_interval: layers.take(|p| p.alerts.route.repeat_interval),
        channels: layers.take(|p| p.alerts.route.channels.clone()),
    }
}

pub(in crate::config) fn print(alerts: &Alerts, out: &mut Printer<'_, '_>) -> fmt::Result {
    out.line("interval", duration_text(alerts.interval))?;
    out.line("memory", alerts.memory)?;
    out.optional("state_file", alerts.state_file.as_ref().map(|path| path.display()))?;
    out.optional("external_url", alerts.external_url.as_ref())?;
    out.optional("trace_url", alerts.trace_url.as_ref())?;
    out.list("labels", alerts.labels.iter().map(|(name, value)| format!("{name}={value}")))?;
    out.list("presets", &alerts.presets)?;
    out.list("rules", alerts.rules.iter().map(|rule| rule.alert.as_deref().unwrap_or_default()))?;
    out.list("channels", alerts.channels.iter().map(|(name, channel)| format!("{name} {}", channel.kind())))?;
    let PartialRoute { group_by, group_wait, group_interval, repeat_interval, channels } = &alerts.route;
    out.section("route", |out| {
        out.optional("group_by", group_by.as_ref().map(|names| format!("[{}]", names.join(", "))))?;
        out.optional("group_wait", group_wait.map(duration_text))?;
        out.optional("group_interval", group_interval.map(duration_text))?;
        out.optional("repeat_interval", repeat_interval.map(duration_text))?;
        out.optional("channels", channels.as_ref().map(|names| format!("[{}]", names.join(", "))))
    })?;
    out.list("silences", alerts.silences.iter().map(|silence| silence.matchers.join(" ")))
}

const INTERVAL: Duration = Duration::from_secs(15);
const MEMORY: u64 = 16 << 20;
