//! Alerts in the process: rules over the service's own metrics and exceptions, and channels that tell of them.
//!
//! For single services without a Prometheus, and for signals that must be fast: a rule sees what was measured a
//! moment ago, each alert leads to a trace. Nobody hears of a process that is gone, and each replica speaks for
//! itself: where there is a Prometheus, [`to_prometheus`] gives it the same rules; where there is an
//! Alertmanager, [alerts are handed over](channel::AlertmanagerSettings) to it, and replicas become one there.
//!
//! ```
//! use std::time::Duration;
//! use otel_kit_alerts::{
//!     Alerts, channel::{Channel, WebhookSettings}, notify::NotifySettings, to_prometheus,
//!     rule::{Expr, Rule, Selector, preset},
//! };
//!
//! let minutes = |n: u64| Duration::from_secs(60 * n);
//! let orders = Selector::new("http.server.request.duration").by(["http.route"]);
//! let failing = Rule::new("OrdersFail", Expr::error_ratio(orders, minutes(5)).min_count(50))
//!     .above(0.05)
//!     .hold(minutes(2))
//!     .label("severity", "page")
//!     .annotation("summary", "{{ labels.http_route }}: {{ (value * 100)|round(1) }} % fail");
//! assert!(to_prometheus(&[failing.clone()]).contains("alert: \"OrdersFail\""));
//!
//! let mut notify = NotifySettings::default();
//! notify.channels.insert("ops".into(), Channel::from(WebhookSettings::new("https://hooks.example/alerts")));
//! let alerts = Alerts::builder()
//!     .rule(failing)
//!     .rules(preset("new-exception").unwrap_or_default())
//!     .interval(Duration::from_secs(15))
//!     .label("service_name", "checkout")
//!     .notify(notify)
//!     .build()?;
//! // alerts.run(runtime, kit)?; in a service, init!() does both, by the configuration.
//!
//! let broken = Rule::new("Orders", Expr::rate("shop.orders", minutes(0))).above(1.0);
//! let error = Alerts::builder().rule(broken).build().unwrap_err();
//! assert!(error.to_string().starts_with("rules[0].expr.window: "));
//! # let _ = alerts;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`rule`]: what is watched, and the rules that come with the kit.
//! - [`notify`] and [`channel`]: who is told, when, how often, and how.
//! - [`to_prometheus`]: the same rules for a Prometheus. [`persist`]: what outlives a restart.
//!
//! What fires, waits or was over lately is what [`Kit::alerts`](otel_kit_core::Kit::alerts) gives; it is also the
//! gauges `ALERTS` and `ALERTS_FOR_STATE`, and each change of state is a log record `otel_kit.alert`. What becomes of
//! notifications is counted in `otel_kit.alerts.notifications`.
//!
//! Only what rules select is remembered, within a budget of memory that is checked at the start; the older, the
//! coarser. Everything runs on the kit's thread: a thousand rules over a thousand series take it some milliseconds.

mod alerts;
pub mod channel;
mod engine;
mod expr;
mod history;
mod mask;
pub mod notify;
pub mod persist;
mod prometheus;
pub mod rule;
mod series;
mod state;
mod template;
#[cfg(test)]
mod testing;
mod time;

pub use self::{
    alerts::{Alerts, AlertsBuilder, AlertsError},
    prometheus::to_prometheus,
};
