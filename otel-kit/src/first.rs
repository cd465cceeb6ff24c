use std::{
    panic::Location,
    sync::{Mutex, PoisonError},
};

use crate::InitError;

/// Where the process was initialised.
static FIRST: Mutex<Option<&'static Location<'static>>> = Mutex::new(None);

/// The right to touch the process's globals, given once.
///
/// If it is dropped before [`keep`](Self::keep), it is given back: a failed `init` may be tried again.
#[must_use]
pub(crate) struct Claim {
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
                Ok(Self { kept: false })
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
        if !self.kept {
            *FIRST.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}
