use std::time::Duration;

use super::Matcher;

/// Which groups of exceptions, and what about them. Each group is an alert of its own, with the labels
/// `exception_type` and `exception_fingerprint`, and an annotation `exception` with the group's title.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exceptions {
    /// Which groups; all matchers hold. Of `exception.type`, `exception.fingerprint` and `operation`: one of the
    /// operations that it hit has to match.
    pub matchers: Vec<Matcher>,
    /// What about them.
    pub event: ExceptionEvent,
}

/// What happens to a group of exceptions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExceptionEvent {
    /// How many there were within the window, those included that were held back.
    Count {
        /// The window.
        window: Duration,
    },
    /// The group is new: its first exception was within this time. The condition is part of it. A group that the
    /// process knew before it was restarted is not new, if the state of the alerts is kept.
    New {
        /// How long it is new.
        within: Duration,
    },
    /// The group is back: within this time there was an exception after a quiet period. The condition is part of
    /// it.
    Regression {
        /// How long there was none before.
        quiet: Duration,
        /// How long it counts as back.
        within: Duration,
    },
}

impl Exceptions {
    /// All groups to which this happens.
    #[must_use]
    pub const fn new(event: ExceptionEvent) -> Self {
        Self { matchers: Vec::new(), event }
    }

    /// Only those that match this too.
    #[must_use]
    pub fn matching(mut self, matcher: Matcher) -> Self {
        self.matchers.push(matcher);
        self
    }
}
