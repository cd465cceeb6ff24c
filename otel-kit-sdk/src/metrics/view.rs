use std::{collections::HashSet, sync::Arc};

use opentelemetry::{Key, KeyValue};

/// Changes how the measurements of some instruments are aggregated and named
/// ([views](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#view)). Of several views that apply to an
/// instrument the first one counts.
///
/// ```
/// use otel_kit_sdk::metrics::{Keep, View, ViewBuckets};
///
/// let slow = View::of("http.server.*").buckets(ViewBuckets::Explicit(vec![0.1, 1.0, 10.0]));
/// let plain = View::of("shop.orders").name("orders").attributes(Keep::Only(["shop.country".into()].into()));
/// let none = View::of("noisy.*").dropped();
/// # drop((slow, plain, none));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct View {
    instrument: String,
    pub(super) name: Option<String>,
    pub(super) keep: Keep,
    pub(super) buckets: Option<ViewBuckets>,
    pub(super) is_dropped: bool,
}

/// Which attributes of a measurement its data point has. The others are left to its exemplar.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Keep {
    /// All.
    #[default]
    All,
    /// Only those with these keys.
    Only(HashSet<Key>),
    /// All but those with these keys.
    Except(HashSet<Key>),
}

/// Buckets of a histogram.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ViewBuckets {
    /// With these upper bounds, ascending; one more holds what is above the last.
    Explicit(Vec<f64>),
    /// At most 160 that follow the values.
    Exponential,
}

impl View {
    /// Applies to the instruments with this name, whatever the case; `*` stands for any characters, `?` for
    /// any one.
    pub fn of(instrument: impl Into<String>) -> Self {
        Self {
            instrument: instrument.into().to_ascii_lowercase(),
            name: None,
            keep: Keep::All,
            buckets: None,
            is_dropped: false,
        }
    }

    /// Another name.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Which attributes the data points have; all by default.
    pub fn attributes(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    /// Buckets of histograms; for other instruments it changes nothing.
    pub fn buckets(self, buckets: ViewBuckets) -> Self {
        Self { buckets: Some(buckets), ..self }
    }

    /// What these instruments measure is dropped.
    pub fn dropped(self) -> Self {
        Self { is_dropped: true, ..self }
    }

    pub(super) fn applies_to(&self, instrument: &str) -> bool {
        matches(self.instrument.as_bytes(), instrument.to_ascii_lowercase().as_bytes())
    }
}

impl Keep {
    fn keeps(&self, key: &Key) -> bool {
        match self {
            Self::All => true,
            Self::Only(keys) => keys.contains(key),
            Self::Except(keys) => !keys.contains(key),
        }
    }

    /// The attributes of the data point, sorted by key, of several with one key the last one; and the others.
    pub(super) fn split(&self, attributes: &[KeyValue]) -> (Vec<KeyValue>, Option<Arc<[KeyValue]>>) {
        let (kept, filtered): (Vec<_>, Vec<_>) =
            attributes.iter().cloned().partition(|attribute| self.keeps(&attribute.key));
        (sorted(kept), (!filtered.is_empty()).then(|| filtered.into()))
    }
}

/// Sorted by key, of several with one key the last one.
pub(super) fn sorted(mut attributes: Vec<KeyValue>) -> Vec<KeyValue> {
    attributes.reverse();
    attributes.sort_by(|one, other| one.key.cmp(&other.key));
    attributes.dedup_by(|one, other| one.key == other.key);
    attributes
}

/// Names are short and patterns the user's own, so the simple way back at each `*` will do.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => {
            matches(rest, name) || name.split_first().is_some_and(|(_, tail)| matches(pattern, tail))
        }
        Some((wanted, rest)) => name
            .split_first()
            .is_some_and(|(found, tail)| (*wanted == b'?' || wanted == found) && matches(rest, tail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_applies_by_name_with_wildcards_whatever_the_case() {
        let applies = |pattern: &str, name: &str| View::of(pattern).applies_to(name);
        assert!(applies("http.server.request.duration", "HTTP.server.request.duration"));
        assert!(applies("*", "anything") && applies("*", ""));
        assert!(applies("http.*.duration", "http.server.request.duration"));
        assert!(applies("job?", "jobs") && !applies("job?", "job"));
        assert!(!applies("http.server", "http.server.request.duration"));
        assert!(!applies("", "a") && applies("", ""));
    }

    #[test]
    fn of_several_attributes_with_one_key_the_last_one_stays() {
        let given = [("b", 1), ("a", 2), ("b", 3)].map(|(key, value)| KeyValue::new(key, value));
        let (kept, filtered) = Keep::All.split(&given);
        assert_eq!(kept, [("a", 2), ("b", 3)].map(|(key, value)| KeyValue::new(key, value)));
        assert_eq!(filtered, None);
    }

    #[test]
    fn attributes_are_kept_or_left_by_key() {
        let given = [KeyValue::new("route", "/"), KeyValue::new("user", "me")];
        let (route, user) = (&given[..1], &given[1..]);
        for keep in [Keep::Only(["route".into()].into()), Keep::Except(["user".into()].into())] {
            let (kept, filtered) = keep.split(&given);
            assert_eq!((kept.as_slice(), filtered.as_deref()), (route, Some(user)));
        }
    }
}
