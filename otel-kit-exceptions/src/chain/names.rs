use std::error::Error;

use super::{Prefix, Text, known, links};

/// What the errors of a chain are called and what they say, outermost first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Names {
    /// Never empty: `Error` if no type can be told.
    pub(crate) types: Vec<String>,
    /// Without those that are a part of the one before.
    pub(crate) messages: Vec<String>,
}

impl Names {
    /// `type_name` is that of the outermost error, where it is known.
    pub(crate) fn of(error: &(dyn Error + 'static), type_name: Option<&str>) -> Self {
        let mut names = Self::default();
        let mut outermost = type_name;
        for link in links(error) {
            let message = Text::<MESSAGE>::of(link).as_str().to_owned();
            let said = names.messages.last().is_some_and(|before| before.contains(&message));
            let name = name(link, outermost.take());
            let is_repeat = said && name.as_ref().is_some_and(|name| names.types.last() == Some(name));
            names.types.extend(name.filter(|_| !is_repeat));
            names.messages.extend(Some(message).filter(|_| !said));
        }
        names.or_unknown()
    }

    /// For what is no error but a name, such as `panic`, and a message.
    pub(crate) fn plain(type_name: Option<&str>, message: Option<&str>) -> Self {
        let types = type_name.map(known::public).into_iter().collect();
        let message = message.map(|message| Text::<MESSAGE>::of(message).as_str().to_owned());
        Self { types, messages: message.into_iter().collect() }.or_unknown()
    }

    /// With this message instead of the outermost error's.
    pub(crate) fn saying(mut self, message: &str) -> Self {
        let message = Text::<MESSAGE>::of(message).as_str().to_owned();
        match self.messages.first_mut() {
            Some(first) => *first = message,
            None => self.messages.push(message),
        }
        self
    }

    fn or_unknown(mut self) -> Self {
        if self.types.is_empty() {
            self.types.push(UNKNOWN.to_owned());
        }
        self
    }
}

/// `None` for a layer that adds nothing but words.
fn name(link: &(dyn Error + 'static), type_name: Option<&str>) -> Option<String> {
    if let Some(full) = known::full(link) {
        return Some(full);
    }
    let own = Prefix::telling_name(link);
    let Some(type_name) = type_name else { return own };
    let full = known::public(type_name);
    let is_full =
        |name: &str| full.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with("::"));
    match own.filter(|name| !is_full(name)) {
        Some(variant) => Some(format!("{full}::{variant}")),
        None => Some(full),
    }
}

/// Most bytes of a message.
const MESSAGE: usize = 4096;
const UNKNOWN: &str = "Error";

#[cfg(test)]
mod tests {
    use std::{any::type_name, io};

    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Order {
        #[error("cannot take order {0}")]
        Take(u32, #[source] Stock),
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Stock(#[source] io::Error);

    #[test]
    fn a_chain_is_named_by_types_with_variants_and_says_nothing_twice() {
        let error = Order::Take(7, Stock(io::ErrorKind::NotFound.into()));
        let names = Names::of(&error, Some(type_name::<Order>()));
        let order = format!("{}::Order::Take", module_path!());
        assert_eq!(names.types, [&order, "Stock", "std::io::Error::NotFound"]);
        assert_eq!(names.messages, ["cannot take order 7", "entity not found"]);
    }

    #[test]
    fn a_struct_is_no_variant_of_itself() {
        let names = Names::of(&Stock(io::ErrorKind::NotFound.into()), Some(type_name::<Stock>()));
        assert_eq!(names.types[0], type_name::<Stock>());
    }

    #[test]
    fn a_text_alone_is_an_error() {
        let names = Names::of(&*Box::<dyn Error>::from("user 42"), None);
        assert_eq!((names.types, names.messages), (vec!["Error".to_owned()], vec!["user 42".to_owned()]));
        let panic = Names::plain(Some("panic"), None);
        assert_eq!((panic.types, panic.messages), (vec!["panic".to_owned()], vec![]));
    }
}
