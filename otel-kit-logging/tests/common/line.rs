//! A line of JSON, read strictly; the fuzz targets read theirs with it too.
#![allow(unreachable_pub, reason = "a library has it as well")]

use std::fmt;

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::Value;

/// A JSON line: keys in their order, none twice.
#[derive(Debug, PartialEq)]
pub struct Line(pub Vec<(String, Value)>);

impl Line {
    pub fn get(&self, key: &str) -> &Value {
        self.0.iter().find(|(name, _)| name == key).map_or(&Value::Null, |(_, value)| value)
    }

    pub fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(key, _)| key.as_str()).collect()
    }

    /// The keys after those that every line has.
    pub fn fields(&self) -> &[(String, Value)] {
        let own = ["timestamp", "level", "message", "target", "trace_id", "span_id", "trace_flags"];
        let count = self.0.iter().take_while(|(key, _)| own.contains(&key.as_str())).count();
        self.0.get(count..).unwrap_or_default()
    }
}

impl std::str::FromStr for Line {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let mut entries: Vec<(String, Value)> = Vec::new();
                while let Some((key, value)) = map.next_entry()? {
                    assert!(entries.iter().all(|(other, _)| *other != key), "{key} twice");
                    entries.push((key, value));
                }
                Ok(Line(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
