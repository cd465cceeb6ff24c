use std::{borrow::Cow, fmt, future::Future, pin::Pin, time::Duration};

use crate::notify::Notification;

/// Tells somebody of alerts: the way to channels of one's own.
///
/// Messages come one after the other. A try that takes longer than the channel's time limit is dropped and counts as
/// one to repeat; a panic counts as a failure. It runs on the kit's thread, so it must not block.
///
/// ```
/// use otel_kit_alerts::{channel::{Answer, Notify, Telling}, notify::Notification};
///
/// #[derive(Debug)]
/// struct Pager;
///
/// impl Notify for Pager {
///     fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
///         Box::pin(async move {
///             let _text = notification.title(); // ... beep ...
///             Answer::Sent
///         })
///     }
/// }
/// ```
pub trait Notify: fmt::Debug + Send + Sync {
    /// Sends one message, once.
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a>;
}

/// A message on its way.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// How a try to send a message ended.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// It has arrived.
    Sent,
    /// It has not, and may if it is tried again.
    Retry {
        /// How long the receiver wants to be left alone, if it said so.
        after: Option<Duration>,
        /// Why it has not.
        failure: Failure,
    },
    /// It has not, and will not. The group's next interval tries again.
    Failed(Failure),
}

/// Why a message has not arrived.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    reason: Cow<'static, str>,
    detail: String,
}

impl Failure {
    /// `reason` is one of few words, since it is counted by: a status such as `503`, or `timeout`. `detail` is for
    /// people, and logged: no secrets in it.
    pub fn new(reason: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { reason: reason.into(), detail: detail.into() }
    }

    /// The word that it is counted by.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What people are told.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}
