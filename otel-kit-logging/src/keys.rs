use std::borrow::Cow;

use thiserror::Error;

/// Names of the keys that every JSON line has.
///
/// | key | value |
/// |---|---|
/// | `timestamp` | RFC 3339, UTC, microseconds |
/// | `level` | `ERROR`, `WARN`, `INFO`, `DEBUG`, `TRACE` |
/// | `message` | the message, if the event has one |
/// | `target` | the event's target, mostly its module |
/// | `trace_id`, `span_id`, `trace_flags` | hexadecimal, as in [trace context in non-OTLP log formats]; absent outside a span |
///
/// A user's field of such a name is written as `fields.<name>`.
///
/// [trace context in non-OTLP log formats]: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Keys {
    names: [Cow<'static, str>; 7],
}

impl Keys {
    /// Other names for some of the keys: pairs of the name above and the new one.
    ///
    /// ```
    /// use otel_kit_logging::Keys;
    ///
    /// assert!(Keys::renamed([("level", "severity"), ("trace_id", "traceId")]).is_ok());
    /// let error = Keys::renamed([("traceid", "traceId")]).unwrap_err();
    /// assert!(error.to_string().contains("there is no key `traceid`"));
    /// ```
    ///
    /// # Errors
    /// If there is no key of that name, if the new name is empty, or if two keys would have the same name.
    pub fn renamed<K, N>(pairs: impl IntoIterator<Item = (K, N)>) -> Result<Self, KeysError>
    where
        K: AsRef<str>,
        N: Into<String>,
    {
        let mut keys = Self::default();
        for (key, name) in pairs {
            let (key, name) = (key.as_ref(), name.into());
            let position = STANDARD.iter().position(|standard| *standard == key);
            let place = position.and_then(|position| keys.names.get_mut(position));
            let Some(place) = place else { return Err(KeysError::Unknown { key: key.to_owned() }) };
            if name.is_empty() {
                return Err(KeysError::Empty { key: key.to_owned() });
            }
            *place = Cow::Owned(name);
        }
        keys.distinct()
    }

    fn distinct(self) -> Result<Self, KeysError> {
        let twice = |name: &&Cow<'_, str>| self.names.iter().filter(|other| other == name).count() > 1;
        match self.names.iter().find(twice) {
            Some(name) => Err(KeysError::Twice { name: name.to_string() }),
            None => Ok(self),
        }
    }

    /// Those of the Elastic Common Schema, which has none for the trace flags.
    pub(crate) fn ecs() -> Self {
        Self { names: ECS.map(Cow::Borrowed) }
    }

    /// In the order of the table above; an empty one is not written.
    pub(crate) const fn names(&self) -> &[Cow<'static, str>; 7] {
        &self.names
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self { names: STANDARD.map(Cow::Borrowed) }
    }
}

/// Why [`Keys::renamed`] refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum KeysError {
    /// No key of a line has this name.
    #[error("there is no key `{key}`; the keys are {}", STANDARD.join(", "))]
    Unknown {
        /// The name that was given.
        key: String,
    },
    /// The new name is empty.
    #[error("the new name of the key `{key}` is empty")]
    Empty {
        /// The key that was to be renamed.
        key: String,
    },
    /// Two keys would have this name.
    #[error("two keys would be named `{name}`")]
    Twice {
        /// The name in question.
        name: String,
    },
}

const STANDARD: [&str; 7] = ["timestamp", "level", "message", "target", "trace_id", "span_id", "trace_flags"];
const ECS: [&str; 7] = ["@timestamp", "log.level", "message", "log.logger", "trace.id", "span.id", ""];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_may_swap_their_names() {
        let keys = Keys::renamed([("level", "message"), ("message", "level")]).unwrap();
        assert_eq!(keys.names()[1..3], ["message", "level"]);
    }

    #[test]
    fn a_name_is_refused_that_would_make_lines_ambiguous() {
        let twice = Keys::renamed([("level", "message")]).unwrap_err();
        assert_eq!(twice.to_string(), "two keys would be named `message`");
        let empty = Keys::renamed([("span_id", "")]).unwrap_err();
        assert_eq!(empty, KeysError::Empty { key: "span_id".to_owned() });
    }
}
