//! Stack traces: addresses on the request path, names for them off it, and which frames are the application's own.

mod addresses;
mod brackets;
mod builder;
mod display;
#[cfg(target_os = "linux")]
mod image;
mod in_app;
mod normal;
mod paths;
#[cfg(not(target_os = "linux"))]
mod resolved;
mod symboliser;
mod text;

pub(crate) use self::{
    addresses::{Addresses, capture},
    in_app::InApp,
    normal::{crate_of, normalise},
    paths::{package, relative},
    symboliser::Symboliser,
    text::parse_text,
};

/// What was called, innermost first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Stack {
    pub(crate) frames: Vec<Frame>,
    /// Whether every function of the application on the stack is known by its full name and place, inlined ones
    /// included, as it is with `debug = "limited"` and above. Only then are two builds likely to agree.
    pub(crate) is_complete: bool,
    /// Whether it was taken where the error arose, and not where it was recorded.
    pub(crate) is_of_error: bool,
}

/// One call.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Frame {
    /// As the compiler writes it, without hashes.
    pub(crate) name: String,
    /// The name in the form that builds agree on; `None` for what says nothing of the cause, such as the runtime's
    /// plumbing.
    pub(crate) normal: Option<String>,
    /// Path of the source file, as the compiler was given it.
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    pub(crate) is_in_app: bool,
}
