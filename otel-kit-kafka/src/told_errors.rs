use std::{
    any::{Any, TypeId},
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
};

/// What is told of a handler's errors beyond their type: those in a `Box<dyn Error>` tell it themselves, of others the
/// application says how.
#[derive(Default)]
pub(crate) struct ToldErrors(Mutex<Vec<(TypeId, Box<dyn Tell>)>>);

trait Tell: Send + Sync {
    /// Nothing if it is of another type.
    fn error<'e>(&self, error: &'e dyn Any) -> Option<&'e (dyn Error + 'static)>;
}

struct As<E>(fn(&E) -> &(dyn Error + 'static));

impl<E: 'static> Tell for As<E> {
    fn error<'e>(&self, error: &'e dyn Any) -> Option<&'e (dyn Error + 'static)> {
        error.downcast_ref::<E>().map(self.0)
    }
}

impl ToldErrors {
    /// The first one of a type stays.
    pub(crate) fn add<E: 'static>(&self, as_error: fn(&E) -> &(dyn Error + 'static)) {
        let id = TypeId::of::<E>();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.iter().all(|(other, _)| *other != id) {
            known.push((id, Box::new(As(as_error))));
        }
    }

    /// The error with its message and what is behind it, if that is known of its type.
    #[cold]
    pub(crate) fn error<'e, E: 'static>(&self, error: &'e E) -> Option<&'e (dyn Error + 'static)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find_map(|(_, tell)| tell.error(error)).or_else(|| boxed(error))
    }
}

impl fmt::Debug for ToldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToldErrors").finish_non_exhaustive()
    }
}

/// The error in a box, with what is behind it.
fn boxed(error: &dyn Any) -> Option<&(dyn Error + 'static)> {
    let shared = error.downcast_ref::<Box<dyn Error + Send + Sync>>();
    let shared = shared.map(|error| &**error as &(dyn Error + 'static));
    shared.or_else(|| error.downcast_ref::<Box<dyn Error>>().map(|error| &**error))
}
