use std::collections::HashMap;

use crate::groups::Counted;

/// Which groups the metric tells apart: those of late, up to a bound; the others are one.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// When each was counted last, in nanoseconds.
    counted: HashMap<String, u64>,
}

impl Live {
    /// Counts one group at `now`, or all others.
    pub(crate) fn count(&mut self, counted: Counted, now: u64) -> Counted {
        if self.has_room_for(&counted.fingerprint, now) {
            self.counted.insert(counted.fingerprint.clone(), now);
            return counted;
        }
        Counted { fingerprint: OTHER.to_owned(), exception_type: OTHER.to_owned(), ..counted }
    }

    fn has_room_for(&mut self, fingerprint: &str, now: u64) -> bool {
        if self.counted.len() < MOST || self.counted.contains_key(fingerprint) {
            return true;
        }
        let oldest = self.counted.iter().min_by_key(|(_, at)| **at);
        let idle = oldest.filter(|(_, at)| now.saturating_sub(**at) >= IDLE).map(|(name, _)| name.clone());
        idle.is_some_and(|name| self.counted.remove(&name).is_some())
    }
}

const OTHER: &str = "other";
const MOST: usize = 200;
/// Ten minutes.
const IDLE: u64 = 600_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(n: usize) -> Counted {
        Counted { fingerprint: format!("{n}"), exception_type: "shop::Error".to_owned(), count: 3 }
    }

    #[test]
    fn groups_beyond_the_bound_are_one_until_another_one_is_idle() {
        let mut live = Live::default();
        for n in 0..MOST {
            assert_eq!(live.count(counted(n), 1), counted(n));
        }
        let other = Counted { fingerprint: "other".to_owned(), exception_type: "other".to_owned(), count: 3 };
        assert_eq!(live.count(counted(MOST), IDLE), other);
        assert_eq!(live.count(counted(7), IDLE), counted(7));
        assert_eq!(live.count(counted(MOST), IDLE + 1), counted(MOST));
        assert_eq!(live.counted.len(), MOST);
    }
}
