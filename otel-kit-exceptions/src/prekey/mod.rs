//! The cheap key of an exception: what its fingerprint is a function of, found out on the request path.

use std::{
    fmt::Write,
    hash::{Hash, Hasher},
};

use otel_kit_core::exception::Mechanism;
use rustc_hash::FxHasher;

use crate::{
    chain::{Shape, Text, hash_of},
    message,
    recorder::Incoming,
    rules::Rules,
    seen::{Operation, Said},
};

/// What an exception is known by within this process.
pub(crate) struct PreKey<'a> {
    pub(crate) key: u64,
    /// Whether the types say nothing of the cause, so that the message has to.
    pub(crate) is_opaque: bool,
    incoming: &'a Incoming<'a>,
    shape: Option<Shape<'a>>,
    /// The beginning of the message, if it was needed.
    message: Option<Text<512>>,
}

impl<'a> PreKey<'a> {
    /// Nothing is found out yet.
    #[inline]
    pub(crate) const fn new(incoming: &'a Incoming<'a>) -> Self {
        Self { key: 0, is_opaque: false, incoming, shape: None, message: None }
    }

    /// Finds everything out. In place, for a message takes room.
    pub(crate) fn find(&mut self, operation: &Operation, rules: &Rules) {
        let shape = self.incoming.error.map(Shape::of);
        let is_telling = shape.as_ref().is_some_and(|shape| shape.is_telling);
        // Without a place and a name of the operation, little else is left.
        let is_anywhere = !self.incoming.is_placed() && operation.tag() == 0;
        (self.shape, self.is_opaque) = (shape, !is_telling || is_anywhere);
        self.key = self.hash(operation, rules);
    }

    /// What is compared with other errors of the same operation.
    pub(crate) fn said(&self) -> Said {
        match (&self.shape, self.incoming.text) {
            (Some(shape), _) => Said::Typed { root: shape.root(self.message.as_ref()) },
            (None, Some(_)) if self.incoming.mechanism == Mechanism::Log => {
                Said::Text { text: self.message_hash() }
            }
            (None, Some(_)) => Said::Typed { root: self.message_hash() },
            (None, None) if self.incoming.mechanism == Mechanism::Panic => Said::Panic,
            (None, None) => Said::Typed { root: self.key },
        }
    }

    /// Of the outermost message.
    pub(crate) fn message_hash(&self) -> u64 {
        match &self.message {
            Some(message) => hash_of(message.as_bytes()),
            None => {
                let mut text = Text::new();
                write_message(self.incoming, &mut text);
                hash_of(text.as_bytes())
            }
        }
    }

    fn hash(&mut self, operation: &Operation, rules: &Rules) -> u64 {
        let incoming = self.incoming;
        let mut hasher = FxHasher::default();
        incoming.mechanism.hash(&mut hasher);
        hasher.write_u64(incoming.site.map_or(0, |site| site.id));
        match (incoming.type_id, incoming.type_name) {
            (Some(id), _) => id.hash(&mut hasher),
            (None, name) => hasher.write(name.unwrap_or_default().as_bytes()),
        }
        hasher.write_u64(self.shape.as_ref().map_or(0, |shape| shape.hash));
        if !incoming.is_placed() {
            hasher.write_u32(operation.tag());
        }
        if let Some(addresses) = incoming.addresses {
            hasher.write_u64(addresses.hash24());
        }
        if self.is_opaque || rules.has_messages() {
            let text = self.message.insert(Text::new());
            write_message(incoming, text);
            if self.is_opaque {
                message::hash(text.as_bytes(), &mut hasher);
                if let Some(shape) = self.shape.as_ref().filter(|shape| !shape.is_single()) {
                    message::hash(shape.root_message().as_bytes(), &mut hasher);
                }
            }
            if rules.has_messages() {
                hasher.write_u64(rules.class_of_message(text.as_bytes()));
            }
        }
        hasher.finish()
    }
}

/// The beginning of what it says.
fn write_message(incoming: &Incoming<'_>, to: &mut Text<512>) {
    let _cut = match (incoming.text, incoming.error) {
        (Some(text), _) => to.write_str(text),
        (None, Some(error)) => write!(to, "{error}"),
        (None, None) => Ok(()),
    };
}

#[cfg(test)]
mod tests {
    use std::{error::Error, io, panic::Location};

    use opentelemetry::{Context, logs::Severity};
    use otel_kit_core::settings::{ExceptionMatch, ExceptionSettings};

    use super::*;
    use crate::recorder::Site;

    fn incoming<'a>(context: &'a Context, error: &'a (dyn Error + 'static)) -> Incoming<'a> {
        Incoming {
            event_name: "exception",
            mechanism: Mechanism::Manual,
            severity: Severity::Error,
            context,
            error: Some(error),
            text: None,
            type_name: None,
            type_id: None,
            site: Some(Site::known(Location::caller())),
            stack: None,
            addresses: None,
        }
    }

    fn found<'a>(incoming: &'a Incoming<'a>, operation: &Operation, rules: &Rules) -> PreKey<'a> {
        let mut prekey = PreKey::new(incoming);
        prekey.find(operation, rules);
        prekey
    }

    fn text(text: &str) -> Box<dyn Error> {
        text.into()
    }

    fn key(incoming: &Incoming<'_>, operation: &Operation) -> (u64, bool) {
        let prekey = found(incoming, operation, &Rules::default());
        (prekey.key, prekey.is_opaque)
    }

    #[test]
    fn the_message_counts_only_where_types_tell_nothing() {
        let (context, nowhere) = (Context::new(), Operation::example(0, 0));
        let (refused, reset) = (io::ErrorKind::ConnectionRefused, io::ErrorKind::ConnectionReset);
        let errors = [io::Error::new(refused, "a"), io::Error::new(refused, "b"), io::Error::new(reset, "a")];
        let site = Site::known(Location::caller());
        let placed = |error| Incoming { site: Some(site), ..incoming(&context, error) };
        let keys = errors.each_ref().map(|error| key(&placed(error), &nowhere));
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0].0, keys[2].0);
        assert!(!keys[0].1);

        let texts = [text("user 1 gone"), text("user 2 gone"), text("order 1 gone")];
        let keys = texts.each_ref().map(|error| key(&placed(&**error), &nowhere));
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0].0, keys[2].0);
        assert!(keys[0].1);

        #[derive(Debug, thiserror::Error)]
        #[error("cannot serve")]
        struct Serve(#[source] Box<dyn Error>);
        let wrapped = ["user 1 gone", "user 2 gone", "order 1 gone"].map(|cause| Serve(text(cause)));
        let keys = wrapped.each_ref().map(|error| key(&placed(error), &nowhere));
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0].0, keys[2].0);
    }

    #[test]
    fn the_operation_counts_only_where_the_place_is_not_the_applications() {
        let (context, error) = (Context::new(), io::Error::from(io::ErrorKind::NotFound));
        let [one, other] = [1, 2].map(|tag| Operation::example(1, tag));
        let here = incoming(&context, &error);
        assert_eq!(key(&here, &one), key(&here, &other));
        let nowhere = Incoming { site: None, ..here };
        assert_ne!(key(&nowhere, &one), key(&nowhere, &other));
        assert!(!key(&nowhere, &one).1 && !key(&here, &Operation::example(1, 0)).1);
        assert!(key(&nowhere, &Operation::example(1, 0)).1);
    }

    #[test]
    fn a_message_counts_as_far_as_a_rule_asks_for_it() {
        let mut settings = ExceptionSettings::default();
        let mut when = ExceptionMatch::default();
        when.message = Some("42".to_owned());
        settings.ignore.push(when);
        let rules = Rules::new(&settings).unwrap();
        let (context, nowhere) = (Context::new(), Operation::example(0, 0));
        let site = Some(Site::known(Location::caller()));
        let errors = ["a 42", "b 42", "c 7"].map(|text| io::Error::new(io::ErrorKind::NotFound, text));
        let keys = errors
            .each_ref()
            .map(|error| found(&Incoming { site, ..incoming(&context, error) }, &nowhere, &rules).key);
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }
}
