//! From the tree to the structs of the sections, through serde; errors know their key.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor, value,
};

use super::{
    choice::nearest,
    scalar::{self, Plain},
    yaml::Node,
};

/// Reads a `T`; the error names the key.
pub(super) fn from_node<'de, T: Deserialize<'de>>(node: &'de Node) -> Result<T, Fault> {
    T::deserialize(Value(node))
}

/// What is wrong with one value of the tree.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Fault {
    /// Path of the key, as the tree's positions have it; empty for the whole file.
    pub(super) key: String,
    pub(super) message: String,
}

impl Fault {
    fn new(message: impl fmt::Display) -> Self {
        Self { key: String::new(), message: message.to_string() }
    }

    fn under(mut self, parent: &str) -> Self {
        let separator = if self.key.is_empty() || self.key.starts_with('[') { "" } else { "." };
        self.key = format!("{parent}{separator}{}", self.key);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        match nearest(field, expected) {
            Some(key) => Self::new(format_args!("unknown key; did you mean `{key}`?")),
            None => Self::new(format_args!("unknown key; the keys here are {}", expected.join(", "))),
        }
    }
}

#[derive(Clone, Copy)]
struct Value<'de>(&'de Node);

impl<'de> Value<'de> {
    fn mismatch<T>(self, expected: &str) -> Result<T, Fault> {
        let found = match self.0 {
            Node::Scalar { text, is_plain: false } => format!("the text \"{text}\""),
            Node::Scalar { text, .. } if text.is_empty() => "nothing".to_owned(),
            Node::Scalar { text, .. } => format!("`{text}`"),
            Node::List(_) => "a list".to_owned(),
            Node::Map(_) => "a mapping".to_owned(),
        };
        Err(Fault::new(format_args!("{found} stands here; write {expected}")))
    }

    fn plain(self) -> Option<Plain<'de>> {
        match self.0 {
            Node::Scalar { text, is_plain: true } => Some(scalar::resolve(text)),
            _ => None,
        }
    }
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (self.0, self.plain()) {
            (Node::List(_), _) => self.deserialize_seq(visitor),
            (Node::Map(_), _) => self.deserialize_map(visitor),
            (_, Some(Plain::Null)) => visitor.visit_unit(),
            (_, Some(Plain::Bool(value))) => visitor.visit_bool(value),
            (_, Some(Plain::Int(value))) => visitor.visit_i64(value),
            (_, Some(Plain::Float(value))) => visitor.visit_f64(value),
            (_, Some(Plain::Text(_)) | None) => self.deserialize_str(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.plain() {
            Some(Plain::Bool(value)) => visitor.visit_bool(value),
            _ => self.mismatch("true or false"),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let number = match self.plain() {
            Some(Plain::Int(value)) => u32::try_from(value).ok(),
            _ => None,
        };
        match number {
            Some(value) => visitor.visit_u32(value),
            None => self.mismatch("a whole number from 0 to 4294967295"),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let number = match (self.plain(), self.0) {
            (Some(Plain::Float(value)), _) => Some(value),
            (Some(Plain::Int(_)), Node::Scalar { text, .. }) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(value) => visitor.visit_f64(value),
            None => self.mismatch("a number such as 0.1"),
        }
    }

    /// Any scalar is a text as it is written, so that `version: 1.10` keeps its zero.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (self.0, self.plain()) {
            (Node::Scalar { text, .. }, plain) if plain != Some(Plain::Null) => {
                visitor.visit_borrowed_str(text)
            }
            _ => self.mismatch("a text"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.plain() {
            Some(Plain::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Node::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            _ => self.mismatch("a list such as [a, b]"),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (self.0, self.plain()) {
            (Node::Map(entries), _) => visitor.visit_map(Entries { entries: entries.iter(), current: None }),
            (_, Some(Plain::Null)) => visitor.visit_map(Entries { entries: [].iter(), current: None }),
            _ => self.mismatch("a mapping such as {key: value}"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct enum
        identifier ignored_any
    }
}

struct Items<'de> {
    items: std::iter::Enumerate<std::slice::Iter<'de, (super::yaml::Position, Node)>>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((index, (_, item))) = self.items.next() else { return Ok(None) };
        seed.deserialize(Value(item)).map(Some).map_err(|fault| fault.under(&format!("[{index}]")))
    }
}

struct Entries<'de> {
    entries: std::slice::Iter<'de, (String, super::yaml::Position, Node)>,
    current: Option<(&'de str, &'de Node)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((key, _, value)) = self.entries.next() else { return Ok(None) };
        self.current = Some((key, value));
        let key_deserializer: value::StrDeserializer<'_, Fault> = key.as_str().into_deserializer();
        seed.deserialize(key_deserializer).map(Some).map_err(|fault| fault.under(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        match self.current.take() {
            Some((key, value)) => seed.deserialize(Value(value)).map_err(|fault| fault.under(key)),
            None => Err(Fault::new("a value without a key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Sample {
        name: Option<String>,
        count: Option<u32>,
        ratio: Option<f64>,
        on: Option<bool>,
        list: Vec<String>,
        inner: BTreeMap<String, u32>,
    }

    fn read(text: &str) -> Result<Sample, (String, String)> {
        let node = Node::parse(text, &|_| None).unwrap();
        from_node(&node).map_err(|Fault { key, message }| (key, message))
    }

    #[test]
    fn scalars_become_what_the_key_wants() {
        let sample =
            read("name: 1.10\ncount: 0x10\nratio: 1\non: true\nlist: [a, 1]\ninner: {a: 1}").unwrap();
        let expected = Sample {
            name: Some("1.10".into()),
            count: Some(16),
            ratio: Some(1.0),
            on: Some(true),
            list: vec!["a".into(), "1".into()],
            inner: BTreeMap::from([("a".into(), 1)]),
        };
        assert_eq!(sample, expected);
    }

    #[test]
    fn empty_values_are_unset() {
        assert_eq!(read("").unwrap(), Sample::default());
        assert_eq!(read("name:\ncount: ~\ninner:\nratio: ${A}").unwrap(), Sample::default());
        assert_eq!(read("name: ''").unwrap().name.as_deref(), Some(""));
    }

    #[test]
    fn a_wrong_type_says_what_stands_there_and_what_belongs_there() {
        let rows = [
            ("count: -1", "count", "`-1` stands here; write a whole number from 0 to 4294967295"),
            ("count: '1'", "count", "the text \"1\" stands here; write a whole number from 0 to 4294967295"),
            ("ratio: much", "ratio", "`much` stands here; write a number such as 0.1"),
            ("on: yes", "on", "`yes` stands here; write true or false"),
            ("name: [a]", "name", "a list stands here; write a text"),
            ("list: a", "list", "`a` stands here; write a list such as [a, b]"),
            ("list: [a, {b: c}]", "list[1]", "a mapping stands here; write a text"),
            ("list: [a, ~]", "list[1]", "`~` stands here; write a text"),
            ("inner: {a: b}", "inner.a", "`b` stands here; write a whole number from 0 to 4294967295"),
            ("[]", "", "a list stands here; write a mapping such as {key: value}"),
            ("nmae: a", "nmae", "unknown key; did you mean `name`?"),
            ("x: a", "x", "unknown key; the keys here are name, count, ratio, on, list, inner"),
        ];
        for (text, key, message) in rows {
            assert_eq!(read(text), Err((key.to_owned(), message.to_owned())), "{text}");
        }
    }
}
