use std::{borrow::Cow, thread};

use opentelemetry::{
    KeyValue, StringValue,
    trace::{SpanRef, Status},
};

use crate::semconv::attribute::{ERROR_TYPE, OTEL_KIT_CANCELLED};

/// How an operation ended: one word for all adapters, so that one table of endings holds everywhere.
///
/// | ending | [`Role::Server`] | [`Role::Client`] |
/// |---|---|---|
/// | `Success` | status unset | status unset |
/// | `Failure(type)` | ERROR, `error.type` | ERROR, `error.type` |
/// | `Cancelled` | ERROR, `error.type=cancelled` | unset, `otel_kit.cancelled=true` |
/// | `Panicked` | ERROR, `error.type=panic` | ERROR, `error.type=panic` |
///
/// ```
/// use otel_kit_core::operation::{Outcome, Role};
///
/// assert_eq!(Outcome::Cancelled.error_type(Role::Server), Some("cancelled".into()));
/// assert_eq!(Outcome::Cancelled.error_type(Role::Client), None);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It came to its end and is no error.
    Success,
    /// It failed; the word is the low-cardinality
    /// [`error.type`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/).
    Failure(Cow<'static, str>),
    /// Nobody waited for the end: the peer left (server), the caller dropped the future (client).
    Cancelled,
    /// It unwound.
    Panicked,
}

/// Which end of an operation an adapter stands at.
#[allow(clippy::exhaustive_enums)] // an operation has two ends
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// It answers: being left alone by the peer is an error.
    Server,
    /// It asks: giving up is the caller's right.
    Client,
}

impl Outcome {
    /// A failure with the given `error.type`.
    #[must_use]
    pub fn failure(error_type: impl Into<Cow<'static, str>>) -> Self {
        Self::Failure(error_type.into())
    }

    /// The ending of something that is being dropped before its end: a panic or a cancellation.
    #[must_use]
    pub fn of_drop() -> Self {
        if thread::panicking() { Self::Panicked } else { Self::Cancelled }
    }

    /// `error.type` of span and metric, the same for both; `None` where the ending is no error.
    #[must_use]
    pub fn error_type(&self, role: Role) -> Option<StringValue> {
        match (self, role) {
            (Self::Success, _) | (Self::Cancelled, Role::Client) => None,
            (Self::Failure(Cow::Borrowed(word)), _) => Some((*word).into()),
            (Self::Failure(Cow::Owned(word)), _) => Some(word.clone().into()),
            (Self::Cancelled, Role::Server) => Some("cancelled".into()),
            (Self::Panicked, _) => Some("panic".into()),
        }
    }

    /// Writes the ending on a span: status without description, `error.type`, the cancellation mark.
    /// Does not end the span.
    pub fn describe(&self, span: &SpanRef<'_>, role: Role) {
        if let Some(word) = self.error_type(role) {
            span.set_status(Status::error(""));
            span.set_attribute(KeyValue::new(ERROR_TYPE, word));
        } else if *self == Self::Cancelled {
            span.set_attribute(KeyValue::new(OTEL_KIT_CANCELLED, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_the_error_type_of_the_table() {
        let cases = [
            (Outcome::Success, None, None),
            (Outcome::failure("timeout"), Some("timeout"), Some("timeout")),
            (Outcome::failure(String::from("503")), Some("503"), Some("503")),
            (Outcome::Cancelled, Some("cancelled"), None),
            (Outcome::Panicked, Some("panic"), Some("panic")),
        ];
        for (outcome, server, client) in cases {
            assert_eq!(outcome.error_type(Role::Server), server.map(Into::into), "{outcome:?}");
            assert_eq!(outcome.error_type(Role::Client), client.map(Into::into), "{outcome:?}");
        }
    }

    #[test]
    fn a_drop_while_unwinding_is_a_panic_and_else_a_cancellation() {
        struct Ends<'a>(&'a mut Option<Outcome>);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                *self.0 = Some(Outcome::of_drop());
            }
        }
        let mut seen = None;
        drop(Ends(&mut seen));
        assert_eq!(seen, Some(Outcome::Cancelled));
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ends = Ends(&mut seen);
            std::panic::resume_unwind(Box::new(()));
        }));
        assert!(unwound.is_err());
        assert_eq!(seen, Some(Outcome::Panicked));
    }
}
