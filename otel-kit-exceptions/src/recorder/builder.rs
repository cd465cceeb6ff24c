use std::{fmt, sync::Arc};

use otel_kit_core::{Clock, settings::ExceptionSettings};

use super::{
    Exceptions, Inner,
    shared::{BeforeSend, Shared},
    timeline::Timeline,
};
use crate::{
    event::Record,
    rules::{RuleError, Rules},
};

/// Builds [`Exceptions`].
#[must_use]
pub struct ExceptionsBuilder {
    settings: ExceptionSettings,
    clock: Clock,
    before_send: Option<BeforeSend>,
}

impl ExceptionsBuilder {
    pub(crate) fn new(settings: ExceptionSettings) -> Self {
        Self { settings, clock: Clock::system(), before_send: None }
    }

    /// What budgets and times go by; the system's clock by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Is asked of each exception before it is exported, on a thread of the kit's: it may change the record, and
    /// keeps it in if it says false. The group counts it nevertheless. If it panics, the record is kept in.
    pub fn before_send(mut self, ask: impl Fn(&mut Record) -> bool + Send + Sync + 'static) -> Self {
        self.before_send = Some(Box::new(ask));
        self
    }

    /// The exceptions of this process, as yet [connected](Exceptions::connect) to no kit.
    ///
    /// # Errors
    /// If a rule of the settings cannot hold; the error names it.
    pub fn build(self) -> Result<Exceptions, RuleError> {
        let rules = Rules::new(&self.settings)?;
        let timeline = Timeline::new(self.clock);
        let shared = Shared::new(self.settings, rules, timeline, self.before_send);
        Ok(Exceptions::new(Arc::new(Inner::new(shared))))
    }
}

impl fmt::Debug for ExceptionsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExceptionsBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
