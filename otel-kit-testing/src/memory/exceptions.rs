use std::sync::{Mutex, PoisonError};

use otel_kit_core::exception::{Exception, ExceptionSink};

use crate::received::ReceivedException;

/// Keeps all exceptions.
#[derive(Debug, Default)]
pub(super) struct Exceptions(Mutex<Vec<ReceivedException>>);

impl Exceptions {
    pub(super) fn all(&self) -> Vec<ReceivedException> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ExceptionSink for Exceptions {
    fn record(&self, exception: &Exception<'_>) {
        // Before the lock: the message is the user's code.
        let received = ReceivedException::new(exception);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    }
}
