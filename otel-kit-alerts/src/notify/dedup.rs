//! Whether a channel has to be told, by what it was told last: Alertmanager's decision table.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use super::Reason;
use crate::persist::LogEntry;

/// Fingerprints of a group's alerts that no silence mutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Now {
    pub(crate) firing: BTreeSet<String>,
    pub(crate) resolved: BTreeSet<String>,
}

/// What holds for a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) send_resolved: bool,
    pub(crate) repeat_interval: Duration,
    pub(crate) now: SystemTime,
}

/// Why the channel has to be told; `None` if it has not to be.
pub(crate) fn decide(last: Option<&LogEntry>, now: &Now, terms: Terms) -> Option<Reason> {
    let Some(last) = last else {
        return (!now.firing.is_empty()).then_some(Reason::FirstNotification);
    };
    if !now.firing.is_subset(&last.firing) {
        let first = last.firing.is_empty();
        return Some(if first { Reason::FirstNotification } else { Reason::NewAlertsAdded });
    }
    if now.firing.is_empty() {
        return (!last.firing.is_empty()).then_some(Reason::AllAlertsResolved);
    }
    if terms.send_resolved && !now.resolved.is_subset(&last.resolved) {
        return Some(Reason::SomeAlertsResolved);
    }
    let since = terms.now.duration_since(last.at).unwrap_or_default();
    (since >= terms.repeat_interval).then_some(Reason::RepeatIntervalElapsed)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn set(names: &str) -> BTreeSet<String> {
        names.chars().map(String::from).collect()
    }

    fn entry(firing: &str, resolved: &str) -> LogEntry {
        let (firing, resolved) = (set(firing), set(resolved));
        LogEntry { group: "{}:{}".into(), channel: "ops".into(), at: UNIX_EPOCH, firing, resolved }
    }

    fn decided(
        last: Option<(&str, &str)>,
        now: (&str, &str),
        send_resolved: bool,
        hours: u32,
    ) -> &'static str {
        let last = last.map(|(firing, resolved)| entry(firing, resolved));
        let now = Now { firing: set(now.0), resolved: set(now.1) };
        let terms = Terms { send_resolved, repeat_interval: 4 * HOUR, now: UNIX_EPOCH + hours * HOUR };
        decide(last.as_ref(), &now, terms).map_or("none", Reason::name)
    }

    #[test]
    fn each_row_of_the_table_has_its_answer() {
        let rows = [
            (None, ("a", ""), "first notification"),
            (None, ("a", "b"), "first notification"),
            (None, ("", "a"), "none"),
            (None, ("", ""), "none"),
            (Some(("a", "")), ("ab", ""), "new alerts added"),
            (Some(("a", "")), ("b", "a"), "new alerts added"),
            (Some(("", "a")), ("a", ""), "first notification"),
            (Some(("a", "")), ("", "a"), "all alerts resolved"),
            (Some(("a", "")), ("", ""), "all alerts resolved"),
            (Some(("", "a")), ("", "a"), "none"),
            (Some(("", "a")), ("", "b"), "none"),
            (Some(("ab", "")), ("a", "b"), "some alerts resolved"),
            (Some(("a", "b")), ("a", "b"), "none"),
            (Some(("a", "")), ("a", ""), "none"),
        ];
        for (last, now, expected) in rows {
            assert_eq!(decided(last, now, true, 1), expected, "{last:?} {now:?}");
            let without = if expected == "some alerts resolved" { "none" } else { expected };
            assert_eq!(decided(last, now, false, 1), without, "{last:?} {now:?}");
        }
    }

    #[test]
    fn what_has_not_changed_is_repeated_after_the_repeat_interval_and_not_before() {
        let repeated = |hours| decided(Some(("a", "")), ("a", ""), true, hours);
        assert_eq!(
            [0, 3, 4, 9].map(repeated),
            ["none", "none", "repeat interval elapsed", "repeat interval elapsed"]
        );
    }

    proptest! {
        #[test]
        fn a_channel_that_was_told_is_not_told_again_at_once(firing in "[a-d]{0,4}", resolved in "[e-h]{0,4}", all: bool) {
            prop_assert_eq!(decided(Some((&firing, &resolved)), (&firing, &resolved), all, 0), "none");
        }

        #[test]
        fn whatever_fires_unknown_is_told(last in "[a-c]{0,3}", resolved in "[a-c]{0,3}", all: bool) {
            prop_assert_ne!(decided(Some((&last, "")), ("d", &resolved), all, 0), "none");
        }
    }
}
