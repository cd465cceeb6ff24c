use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
};

/// What there is one of for each kit, by its type.
#[derive(Default)]
pub(crate) struct Parts {
    made: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
}

impl Parts {
    pub(crate) fn get_or_make<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = made.iter().find_map(|part| Arc::clone(part).downcast::<T>().ok()) {
            return part;
        }
        let part = Arc::new(make());
        made.push(Arc::<T>::clone(&part));
        part
    }
}
