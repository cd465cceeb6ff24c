//! Section `alerts`.

mod channel;
#[cfg(feature = "alerts")]
mod convert;
mod expr;
mod resolved;
mod route;
mod rule;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::Deserialize;

use super::read;

#[cfg(feature = "alerts")]
pub(crate) use self::convert::{alert_builder, alert_notifications};
pub(super) use self::resolved::{print, resolve};
pub use self::{
    channel::{
        PartialAlertmanager, PartialChannel, PartialConsole, PartialEmail, PartialSlack, PartialWebhook,
    },
    expr::{
        PartialBurnRate, PartialErrorRatio, PartialExceptionCount, PartialExpr, PartialNewException,
        PartialQuantile, PartialRegression, PartialValue, PartialWindowed,
    },
    resolved::Alerts,
    route::{PartialRoute, PartialSilence},
    rule::PartialAlertRule,
};

/// Section `alerts`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialAlerts {
    /// How often rules are evaluated; default `15s`.
    #[serde(deserialize_with = "read::duration")]
    pub interval: Option<Duration>,
    /// Most memory that the rules' histories may take, in bytes; default 16 MiB.
    pub memory: Option<u64>,
    /// Where the state is kept over restarts; nowhere by default.
    pub state_file: Option<PathBuf>,
    /// Where the service is found; messages link to it.
    pub external_url: Option<String>,
    /// Where traces are shown, with `{trace_id}` in it; messages link to the trace behind an alert.
    pub trace_url: Option<String>,
    /// Labels that all alerts have.
    #[serde(deserialize_with = "read::map")]
    pub labels: BTreeMap<String, String>,
    /// Names of ready-made rules.
    pub presets: Option<Vec<String>>,
    /// The rules.
    pub rules: Option<Vec<PartialAlertRule>>,
    /// Who is told, by name.
    #[serde(deserialize_with = "read::map")]
    pub channels: BTreeMap<String, PartialChannel>,
    /// Which alerts go together, when, and where to.
    pub route: PartialRoute,
    /// What nobody wants to hear for a time.
    pub silences: Option<Vec<PartialSilence>>,
}
