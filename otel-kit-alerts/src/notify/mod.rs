//! Who is notified of alerts, when, and how often: what evaluations yield becomes messages to channels.
//!
//! An alert goes through these stages, which are those of
//! [Alertmanager](https://prometheus.io/docs/alerting/latest/alertmanager/): [silences](Silence), grouping and its
//! timers ([`Route`]), what the channel was told already ([`Reason`]), and sending with retries, which is recorded when
//! it succeeds.

mod backoff;
mod budget;
mod counts;
mod dedup;
mod dispatch;
mod error;
#[cfg(test)]
mod example;
mod group;
mod hand_over;
mod links;
mod log;
mod notification;
mod notifier;
mod route;
mod settings;
mod silence;
#[cfg(test)]
mod virtual_runtime;
mod worker;

pub use self::{
    error::SettingsError,
    notification::{Notification, NotifiedAlert, Reason, Status},
    notifier::Notifier,
    route::{GroupBy, Route},
    settings::NotifySettings,
    silence::{Silence, SilenceState},
};
#[cfg(test)]
pub(crate) use self::{example::example, virtual_runtime::VirtualRuntime};
use self::{hand_over::HandOver, links::Links, silence::Silences};
