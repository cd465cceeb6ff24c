//! What watches the service.

use super::Builder;

#[cfg(feature = "exceptions")]
impl Builder {
    /// Is asked of each exception before it is exported, on a thread of the kit's: it may change the record, and keeps
    /// it in if it says false. The group counts it nevertheless.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().before_send(|record| {
    ///     record.stacktrace = None;
    ///     record.exception_type() != "shop::Refused"
    /// });
    /// # drop(telemetry.build()?);
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn before_send(
        mut self,
        ask: impl Fn(&mut otel_kit_exceptions::Record) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.added.before_send = Some(Box::new(ask));
        self
    }
}

#[cfg(feature = "alerts")]
impl Builder {
    /// One more alert rule, after those of the configuration.
    ///
    /// ```
    /// use std::time::Duration;
    /// use otel_kit::alerts::rule::{Expr, Rule};
    ///
    /// let expr = Expr::average("shop.checkout.duration", Duration::from_secs(300));
    /// let telemetry = otel_kit::builder().alert_rule(Rule::new("SlowCheckout", expr).above(2.0)).build()?;
    /// assert!(telemetry.alerts().is_empty()); // as yet
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn alert_rule(mut self, rule: otel_kit_alerts::rule::Rule) -> Self {
        self.added.rules.push(rule);
        self
    }

    /// One more channel for alerts, under a name that the route may have; it replaces the configuration's of this
    /// name.
    ///
    /// ```
    /// use otel_kit::alerts::channel::{Channel, ConsoleSettings};
    ///
    /// let people = ConsoleSettings::new(|line| println!("{line}"));
    /// let telemetry = otel_kit::builder().alert_channel("people", people).build()?;
    /// # drop(telemetry);
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn alert_channel(
        mut self,
        name: impl Into<String>,
        channel: impl Into<otel_kit_alerts::channel::Channel>,
    ) -> Self {
        self.added.channels.push((name.into(), channel.into()));
        self
    }
}
