use std::{collections::BTreeMap, time::SystemTime};

use super::SettingsError;
use crate::rule::{Matcher, Test};

/// Keeps alerts quiet for a time: they fire, and nobody is notified. An alert that still fires when the silence
/// ends is announced again.
///
/// A silence in [Alertmanager's](https://prometheus.io/docs/alerting/latest/alertmanager/#silences) sense.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use otel_kit_alerts::{notify::{Silence, SilenceState}, rule::Matcher};
///
/// let start = SystemTime::UNIX_EPOCH;
/// let silence = Silence::new([Matcher::equal("alertname", "DiskFull")], start, start + Duration::from_secs(60));
/// assert_eq!(silence.state(start), SilenceState::Active);
/// assert_eq!(silence.state(start + Duration::from_secs(60)), SilenceState::Expired);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Silence {
    /// Names it; empty by default.
    pub id: String,
    /// Which alerts: all matchers hold.
    pub matchers: Vec<Matcher>,
    /// From when on.
    pub starts_at: SystemTime,
    /// Until when.
    pub ends_at: SystemTime,
    /// By whom.
    pub created_by: String,
    /// Why.
    pub comment: String,
}

/// Where a [`Silence`] stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SilenceState {
    /// It has not begun.
    Pending,
    /// It keeps alerts quiet.
    Active,
    /// It is over.
    Expired,
}

impl Silence {
    /// A silence from `starts_at` to `ends_at`, without a name and a reason.
    pub fn new(
        matchers: impl IntoIterator<Item = Matcher>,
        starts_at: SystemTime,
        ends_at: SystemTime,
    ) -> Self {
        Self {
            id: String::new(),
            matchers: matchers.into_iter().collect(),
            starts_at,
            ends_at,
            created_by: String::new(),
            comment: String::new(),
        }
    }

    /// Named `id`.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Made by somebody, for a reason.
    #[must_use]
    pub fn with_reason(mut self, created_by: impl Into<String>, comment: impl Into<String>) -> Self {
        self.created_by = created_by.into();
        self.comment = comment.into();
        self
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self, now: SystemTime) -> SilenceState {
        if now < self.starts_at {
            SilenceState::Pending
        } else if now < self.ends_at {
            SilenceState::Active
        } else {
            SilenceState::Expired
        }
    }
}

/// All silences, ready for use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Silences(Vec<(Silence, Vec<Test>)>);

impl Silences {
    pub(crate) fn compile(silences: &[Silence]) -> Result<Self, SettingsError> {
        let compiled = silences.iter().enumerate().map(|(index, silence)| {
            compile(silence).map_err(|error| error.below(&format!("silences[{index}]")))
        });
        compiled.collect::<Result<_, _>>().map(Self)
    }

    /// True if one that is active matches.
    pub(crate) fn mute(&self, labels: &BTreeMap<String, String>, now: SystemTime) -> bool {
        self.0.iter().any(|(silence, tests)| {
            silence.state(now) == SilenceState::Active
                && tests.iter().all(|test| test.accepts(labels.get(&test.label).map_or("", String::as_str)))
        })
    }
}

fn compile(silence: &Silence) -> Result<(Silence, Vec<Test>), SettingsError> {
    if silence.ends_at <= silence.starts_at {
        return Err(SettingsError::new("ends_at", "the silence ends before it begins", "let it end later"));
    }
    let test = |(index, matcher): (usize, &Matcher)| {
        matcher.test().map_err(|error| SettingsError::from(error).below(&format!("matchers[{index}]")))
    };
    let tests = silence.matchers.iter().enumerate().map(test).collect::<Result<Vec<_>, _>>()?;
    if tests.iter().all(|test| test.accepts("")) {
        return Err(SettingsError::new(
            "matchers",
            "the silence would match every alert",
            "name a label and a value that it has to have",
        ));
    }
    Ok((silence.clone(), tests))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn from_60_to_120(matchers: &[Matcher]) -> Silence {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        Silence::new(matchers.to_vec(), at(60), at(120))
    }

    #[test]
    fn an_alert_is_quiet_while_a_silence_is_active_and_all_its_matchers_hold() {
        let silence =
            from_60_to_120(&[Matcher::regex("alertname", "Disk.*"), Matcher::not_equal("severity", "page")]);
        let silences = Silences::compile(&[silence]).unwrap();
        let mutes = |pairs, seconds| silences.mute(&labels(pairs), UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(
            [59, 60, 119, 120].map(|at| mutes(&[("alertname", "DiskFull")], at)),
            [false, true, true, false]
        );
        assert!(!mutes(&[("alertname", "DiskFull"), ("severity", "page")], 60));
        assert!(!mutes(&[("alertname", "ADiskFull")], 60), "expressions match the whole value");
    }

    #[test]
    fn a_silence_that_cannot_be_meant_is_refused() {
        let path = |silence: Silence| Silences::compile(&[silence]).unwrap_err().path;
        assert_eq!(path(from_60_to_120(&[])), "silences[0].matchers");
        assert_eq!(path(from_60_to_120(&[Matcher::regex("a", ".*")])), "silences[0].matchers");
        assert_eq!(path(from_60_to_120(&[Matcher::regex("a", "(")])), "silences[0].matchers[0].value");
        let mut backwards = from_60_to_120(&[Matcher::equal("a", "1")]);
        backwards.ends_at = backwards.starts_at;
        assert_eq!(path(backwards), "silences[0].ends_at");
    }
}
