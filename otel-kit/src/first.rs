use std::{
    panic::Location,
    sync::{Arc, Mutex, PoisonError},
};

use opentelemetry::{
    InstrumentationScope, global,
    metrics::{Meter, MeterProvider},
};

use crate::InitError;

/// Where the process was initialised.
static FIRST: Mutex<Option<&'static Location<'static>>> = Mutex::new(None);

/// The right to touch the process's globals, given once.
///
/// If it is dropped before [`keep`](Self::keep), it is given back, and what was touched is put back: a failed
/// `init` may be tried again.
#[must_use]
pub(crate) struct Claim {
    /// The only global that is set before nothing can fail any more.
    meters: Arc<dyn MeterProvider + Send + Sync>,
    kept: bool,
}

impl Claim {
    /// # Errors
    /// If somebody has it already; the error names where.
    pub(crate) fn take(place: &'static Location<'static>) -> Result<Self, InitError> {
        let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        match *first {
            Some(first) => Err(InitError::AlreadyInitialised { first }),
            None => {
                *first = Some(place);
                Ok(Self { meters: global::meter_provider(), kept: false })
            }
        }
    }

    /// For the rest of the process.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if !Arc::ptr_eq(&self.meters, &global::meter_provider()) {
            global::set_meter_provider(Before(Arc::clone(&self.meters)));
        }
        *FIRST.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The provider that was there before.
struct Before(Arc<dyn MeterProvider + Send + Sync>);

impl MeterProvider for Before {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        self.0.meter_with_scope(scope)
    }
}
