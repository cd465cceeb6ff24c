use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use otel_kit_core::{Clock, Moment};

/// What the instruments of one collection share: the first one that asks has it read.
pub(super) struct Cached<T> {
    clock: Clock,
    read: Box<Read<T>>,
    last: Mutex<Option<(Moment, Arc<T>)>>,
}

/// Given what was read the last time and how long ago that is.
type Read<T> = dyn Fn(Option<(&T, Duration)>) -> T + Send + Sync;

impl<T> Cached<T> {
    pub(super) fn new(
        clock: Clock,
        read: impl Fn(Option<(&T, Duration)>) -> T + Send + Sync + 'static,
    ) -> Self {
        Self { clock, read: Box::new(read), last: Mutex::new(None) }
    }

    pub(super) fn get(&self) -> Arc<T> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.as_ref().map(|(at, value)| (value, self.clock.since(at)));
        if let Some((value, _)) = before.filter(|(_, age)| *age < FRESH) {
            return Arc::clone(value);
        }
        let now = self.clock.now();
        let value = Arc::new((self.read)(before.map(|(value, age)| (&**value, age))));
        *last = Some((now, Arc::clone(&value)));
        value
    }
}

/// Longer than a collection's callbacks take, shorter than the time to the next collection.
const FRESH: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn it_is_read_once_for_each_collection_and_not_between_them() {
        let clock = Clock::manual(SystemTime::UNIX_EPOCH);
        let reads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&reads);
        let cached = Cached::new(clock.clone(), move |last: Option<(&usize, Duration)>| {
            let mut seen = seen.lock().unwrap();
            seen.push(last.map(|(value, age)| (*value, age)));
            seen.len()
        });
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(*reads.lock().unwrap(), []);
        assert_eq!([*cached.get(), *cached.get()], [1, 1]);
        clock.advance(Duration::from_millis(499));
        assert_eq!(*cached.get(), 1);
        clock.advance(Duration::from_millis(1));
        assert_eq!([*cached.get(), *cached.get()], [2, 2]);
        clock.advance(Duration::from_secs(60));
        assert_eq!(*cached.get(), 3);
        let expected = [None, Some((1, Duration::from_millis(500))), Some((2, Duration::from_secs(60)))];
        assert_eq!(*reads.lock().unwrap(), expected);
    }
}
