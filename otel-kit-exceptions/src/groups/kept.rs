use std::{collections::HashMap, sync::Arc, time::SystemTime};

use opentelemetry::logs::Severity;
use otel_kit_core::exception::{Group, Sample};

use super::{Tally, tally::MOST_OPERATIONS};
use crate::fingerprint::Fingerprint;

/// The groups that are remembered; the one that was seen least lately makes room.
#[derive(Debug)]
pub(crate) struct Groups {
    kept: HashMap<String, Kept>,
    most: usize,
    /// Counts of groups that made room.
    gone: Vec<Counted>,
}

#[derive(Debug)]
struct Kept {
    /// Without what the tally has.
    group: Group,
    tally: Arc<Tally>,
    explanation: String,
    in_app: bool,
    severity: Severity,
    /// How many the metric knows of.
    measured: u64,
}

/// What is known of a group.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) group: Group,
    pub(crate) in_app: bool,
    pub(crate) severity: Severity,
}

/// One exception of a group, as it was exported.
#[derive(Debug)]
pub(crate) struct Occurrence {
    pub(crate) sample: Sample,
    pub(crate) operation: Option<String>,
    pub(crate) severity: Severity,
}

/// So many more exceptions of a group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Counted {
    pub(crate) fingerprint: String,
    pub(crate) exception_type: String,
    pub(crate) count: u64,
}

impl Groups {
    pub(crate) fn new(most: usize) -> Self {
        Self { kept: HashMap::new(), most: most.max(1), gone: Vec::new() }
    }

    /// The group's tally, of a new group if there is none yet.
    pub(crate) fn find_or_add(
        &mut self,
        fingerprint: &Fingerprint,
        exception_type: &str,
        at: SystemTime,
    ) -> Arc<Tally> {
        if let Some(kept) = self.kept.get(&fingerprint.primary) {
            return Arc::clone(&kept.tally);
        }
        self.make_room();
        let kept = Kept::new(fingerprint, exception_type, at);
        let tally = Arc::clone(&kept.tally);
        self.kept.insert(fingerprint.primary.clone(), kept);
        tally
    }

    /// Notes an exception of the group, which may be forgotten meanwhile.
    pub(crate) fn note(&mut self, tally: &Tally, occurrence: Occurrence) {
        let Some(kept) = self.kept.get_mut(tally.fingerprint()) else { return };
        kept.group.sample = occurrence.sample;
        kept.severity = occurrence.severity;
        self.add_operation(tally.fingerprint(), occurrence.operation);
    }

    pub(crate) fn add_operation(&mut self, fingerprint: &str, operation: Option<String>) {
        let Some((kept, operation)) = self.kept.get_mut(fingerprint).zip(operation) else { return };
        let operations = &mut kept.group.operations;
        if operations.len() < MOST_OPERATIONS && !operations.contains(&operation) {
            operations.push(operation);
        }
    }

    /// `wall` knows when a tally's nanoseconds were.
    pub(crate) fn find(&self, fingerprint: &str, wall: impl Fn(u64) -> SystemTime) -> Option<Known> {
        self.kept.get(fingerprint).map(|kept| kept.known(&wall))
    }

    pub(crate) fn explanation(&self, fingerprint: &str) -> Option<&str> {
        self.kept.get(fingerprint).map(|kept| &*kept.explanation)
    }

    /// All of them, those seen last first.
    pub(crate) fn all(&self, wall: impl Fn(u64) -> SystemTime) -> Vec<Group> {
        let mut all: Vec<_> = self.kept.values().map(|kept| (kept.tally.last_seen(), kept)).collect();
        all.sort_by(|(one, a), (other, b)| {
            other.cmp(one).then_with(|| a.group.fingerprint.cmp(&b.group.fingerprint))
        });
        all.into_iter().map(|(_, kept)| kept.known(&wall).group).collect()
    }

    /// What was counted since this was asked last.
    pub(crate) fn count_new(&mut self) -> Vec<Counted> {
        let mut counted = std::mem::take(&mut self.gone);
        counted.extend(self.kept.values_mut().filter_map(Kept::count_new));
        counted
    }

    /// Tallies of groups with suppressed exceptions of which nothing was said since `then`, in nanoseconds.
    pub(crate) fn untold_since(&self, then: u64) -> Vec<Arc<Tally>> {
        let tallies = self.kept.values().map(|kept| &kept.tally);
        tallies.filter(|tally| tally.has_untold_since(then)).cloned().collect()
    }

    fn make_room(&mut self) {
        if self.kept.len() < self.most {
            return;
        }
        let oldest = self.kept.values().min_by_key(|kept| kept.tally.last_seen());
        if let Some(oldest) = oldest.map(|kept| kept.group.fingerprint.clone())
            && let Some(mut kept) = self.kept.remove(&oldest)
        {
            kept.tally.forget();
            self.gone.extend(kept.count_new());
        }
    }
}

impl Kept {
    fn new(fingerprint: &Fingerprint, exception_type: &str, at: SystemTime) -> Self {
        let Fingerprint { primary, secondary, grouping, title, culprit, explanation, in_app } =
            fingerprint.clone();
        let tally = Arc::new(Tally::new(&primary));
        let mut group = Group::new(primary, title, exception_type.to_owned(), at);
        group.secondary_fingerprint = secondary;
        group.culprit = culprit;
        group.grouping = grouping;
        Self { group, tally, explanation, in_app, severity: Severity::Error, measured: 0 }
    }

    fn known(&self, wall: &impl Fn(u64) -> SystemTime) -> Known {
        let mut group = self.group.clone();
        group.count = self.tally.count();
        group.suppressed = self.tally.suppressed();
        group.last_seen = wall(self.tally.last_seen()).max(group.first_seen);
        Known { group, in_app: self.in_app, severity: self.severity }
    }

    fn count_new(&mut self) -> Option<Counted> {
        let count = self.tally.count();
        let new = count.saturating_sub(std::mem::replace(&mut self.measured, count));
        (new > 0).then(|| Counted {
            fingerprint: self.group.fingerprint.clone(),
            exception_type: self.group.exception_type.clone(),
            count: new,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use otel_kit_core::exception::Grouping;

    use super::*;
    use crate::budget::Budget;

    fn fingerprint(primary: &str) -> Fingerprint {
        Fingerprint {
            primary: primary.to_owned(),
            secondary: "s".to_owned(),
            grouping: Grouping::Frames,
            title: format!("title of {primary}"),
            culprit: Some("shop::take".to_owned()),
            explanation: "because".to_owned(),
            in_app: true,
        }
    }

    fn wall(nanos: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos)
    }

    fn add(groups: &mut Groups, primary: &str, now: u64) -> Arc<Tally> {
        let tally = groups.find_or_add(&fingerprint(primary), "shop::Error", wall(now));
        tally.admit(Budget::new(1, 0), now);
        tally
    }

    fn occurrence(operation: String) -> Occurrence {
        let sample = Sample::new("gone".to_owned());
        Occurrence { sample, operation: Some(operation), severity: Severity::Warn }
    }

    #[test]
    fn a_group_knows_how_many_when_and_where() {
        let mut groups = Groups::new(10);
        let tally = add(&mut groups, "a", 5);
        add(&mut groups, "a", 9);
        for operation in ["GET /a", "GET /b", "GET /a"] {
            groups.note(&tally, occurrence(operation.to_owned()));
        }
        let group = groups.all(wall).remove(0);
        assert_eq!((group.count, group.suppressed), (2, 1));
        assert_eq!((group.first_seen, group.last_seen), (wall(5), wall(9)));
        assert_eq!(group.operations, ["GET /a", "GET /b"]);
        assert_eq!((group.title.as_str(), group.culprit.as_deref()), ("title of a", Some("shop::take")));
        assert_eq!(group.sample.message, "gone");
        assert_eq!(groups.explanation("a"), Some("because"));
    }

    #[test]
    fn operations_are_listed_up_to_a_bound() {
        let mut groups = Groups::new(10);
        let tally = add(&mut groups, "a", 0);
        (0..100).for_each(|n| groups.note(&tally, occurrence(format!("GET /{n}"))));
        assert_eq!(groups.all(wall)[0].operations.len(), MOST_OPERATIONS);
    }

    #[test]
    fn the_group_seen_least_lately_makes_room_and_is_measured_nevertheless() {
        let mut groups = Groups::new(2);
        let a = add(&mut groups, "a", 1);
        add(&mut groups, "b", 2);
        add(&mut groups, "a", 3);
        add(&mut groups, "c", 4);
        let left: Vec<_> = groups.all(wall).into_iter().map(|group| group.fingerprint).collect();
        assert_eq!(left, ["c", "a"]);
        assert!(!a.is_forgotten());
        let mut counted = groups.count_new();
        counted.sort_by(|one, other| one.fingerprint.cmp(&other.fingerprint));
        let counted: Vec<_> = counted.iter().map(|new| (&*new.fingerprint, new.count)).collect();
        assert_eq!(counted, [("a", 2), ("b", 1), ("c", 1)]);
        assert_eq!(groups.count_new(), []);
    }

    #[test]
    fn suppressed_exceptions_wait_to_be_told_of() {
        let mut groups = Groups::new(2);
        add(&mut groups, "a", 1);
        assert!(groups.untold_since(100).is_empty());
        add(&mut groups, "a", 7);
        assert!(groups.untold_since(6).is_empty());
        assert_eq!(groups.untold_since(7).len(), 1);
    }
}
