//! Which group an exception belongs to.

mod component;
#[cfg(test)]
mod golden;
mod origin;
mod title;
mod version1;

use otel_kit_core::exception::{Grouping, Mechanism};

pub(crate) use self::version1::of;
use crate::stack::Stack;

/// What a fingerprint is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// What a rule of the configuration says; `{{ default }}` stands for the usual.
    pub(crate) custom: Option<&'a [String]>,
    /// Types from the outermost error to its root cause, with variants: `shop::Error::Load`. Layers that add nothing
    /// but context or are transparent are left out already.
    pub(crate) chain: &'a [String],
    pub(crate) message: &'a str,
    /// Whether the types say nothing of the cause, so that the message has to: `anyhow!("..")`, a panic.
    pub(crate) is_opaque: bool,
    /// Where it was recorded; `None` if that is no place of the application, such as a layer.
    pub(crate) place: Option<Place<'a>>,
    /// The operation it hit, for want of a place: `POST /orders/{id}`.
    pub(crate) operation: Option<&'a str>,
    pub(crate) stack: Option<&'a Stack>,
    pub(crate) mechanism: Mechanism,
}

/// A place in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// As [`std::panic::Location::file`] gives it.
    pub(crate) file: &'a str,
    /// Path of the function, where a macro found it out: `shop::orders::take`.
    pub(crate) function: Option<&'a str>,
}

/// Which group, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fingerprint {
    /// 16 hexadecimal digits.
    pub(crate) primary: String,
    /// The same without frames, from nothing but what is equal in every build.
    pub(crate) secondary: String,
    pub(crate) grouping: Grouping,
    /// Type and message with placeholders, for people.
    pub(crate) title: String,
    /// The function to blame, where it is known.
    pub(crate) culprit: Option<String>,
    /// One line for each component: what it is, or why it has no say.
    pub(crate) explanation: String,
    /// Whether a function of the application is on the stack.
    pub(crate) in_app: bool,
}
