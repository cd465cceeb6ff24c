use std::{cell::Cell, ptr};

use http::Extensions;

/// A request on its way through the middlewares: which one it is, as long as it is under way.
///
/// The place of its extensions in memory tells: they are handed from one middleware to the next, and those of
/// another request, sent from within this one, lie elsewhere. So it needs no memory of its own, and an attempt
/// that is dropped leaves nothing behind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Identity(usize);

/// Until this is dropped, the thread runs a part of the request that has a span already.
#[must_use]
pub(crate) struct Entered {
    outer: Option<Identity>,
}

impl Identity {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        Self(ptr::from_ref(extensions).addr())
    }

    /// True inside an attempt of the same request that has a span.
    pub(crate) fn is_entered(self) -> bool {
        INNERMOST.try_with(Cell::get).ok().flatten() == Some(self)
    }

    pub(crate) fn enter(self) -> Entered {
        Entered { outer: INNERMOST.try_with(|innermost| innermost.replace(Some(self))).ok().flatten() }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // A thread that is about to end has nothing to restore.
        let _ = INNERMOST.try_with(|innermost| innermost.set(self.outer));
    }
}

thread_local! {
    static INNERMOST: Cell<Option<Identity>> = const { Cell::new(None) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_entered_within_its_own_attempt_alone() {
        let (request, other) = (Extensions::new(), Extensions::new());
        let (request, other) = (Identity::of(&request), Identity::of(&other));
        assert!(!request.is_entered());
        {
            let _entered = request.enter();
            assert!(request.is_entered() && !other.is_entered());
            {
                let _entered = other.enter();
                assert!(other.is_entered() && !request.is_entered());
            }
            assert!(request.is_entered());
        }
        assert!(!request.is_entered());
    }
}
