use std::{any::TypeId, error::Error, hash::Hasher, panic::Location};

use opentelemetry::{Context, logs::Severity};
use otel_kit_core::exception::{Exception, Mechanism};
use rustc_hash::FxHasher;

use crate::{event::usual_severity, stack::Addresses};

/// An exception as it comes in, from wherever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    pub(crate) event_name: &'static str,
    pub(crate) mechanism: Mechanism,
    pub(crate) severity: Severity,
    pub(crate) context: &'a Context,
    pub(crate) error: Option<&'a (dyn Error + 'static)>,
    /// A message instead of the error's, or for want of an error.
    pub(crate) text: Option<&'a str>,
    pub(crate) type_name: Option<&'static str>,
    pub(crate) type_id: Option<TypeId>,
    pub(crate) site: Option<Site<'a>>,
    /// The stack trace that came along.
    pub(crate) stack: Option<&'a str>,
    /// Only the panic hook knows the stack of a panic.
    pub(crate) addresses: Option<&'a Addresses>,
}

/// Where it was recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    /// Tells it from other places in this process.
    pub(crate) id: u64,
    pub(crate) file: &'a str,
    pub(crate) module: Option<&'a str>,
    pub(crate) function: Option<&'a str>,
}

impl<'a> Incoming<'a> {
    pub(crate) fn of(exception: &Exception<'a>, given: Option<&'a str>) -> Self {
        let severity = usual_severity(exception.mechanism(), exception.is_handled(), exception.is_fatal());
        let site = exception.location().map(Site::known);
        Self {
            event_name: exception.event_name(),
            mechanism: exception.mechanism(),
            severity,
            context: exception.context(),
            error: exception.error(),
            text: given,
            type_name: exception.type_name(),
            type_id: exception.type_id(),
            site: site.map(|site| Site { function: exception.function(), ..site }),
            stack: exception.stack(),
            addresses: None,
        }
    }

    /// Whether the place is one of the application, and so says where the error came up.
    pub(crate) fn is_placed(&self) -> bool {
        self.site.is_some_and(|site| site.is_of_app())
    }
}

impl<'a> Site<'a> {
    /// A place that is always the same one in memory.
    pub(crate) fn known(location: &'static Location<'static>) -> Self {
        Self::new(id_of(location), location.file())
    }

    /// A place that is known by what it says.
    pub(crate) fn told(location: &'a Location<'a>) -> Self {
        let mut hasher = FxHasher::default();
        hasher.write(location.file().as_bytes());
        hasher.write_u32(location.line());
        hasher.write_u32(location.column());
        Self::new(hasher.finish(), location.file())
    }

    const fn new(id: u64, file: &'a str) -> Self {
        Self { id, file, module: None, function: None }
    }

    pub(crate) fn is_of_app(&self) -> bool {
        is_of_app(self.file)
    }
}

/// Whether a source file is the application's own: Cargo compiles the members of a workspace by relative paths, and all
/// else by absolute ones.
#[inline]
pub(crate) fn is_of_app(file: &str) -> bool {
    !matches!(file.as_bytes(), [] | [b'/' | b'\\', ..] | [_, b':', ..])
}

/// Something that is there as long as the process, told from others by where it is.
pub(crate) fn id_of<T>(item: &'static T) -> u64 {
    u64::try_from(std::ptr::from_ref(item).addr()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_the_application_have_relative_paths() {
        assert!(is_of_app("shop/src/lib.rs") && is_of_app("src\\main.rs"));
        assert!(!is_of_app("/rustc/0123/library/core/src/option.rs"));
        assert!(!is_of_app("C:\\Users\\me\\.cargo\\registry\\src\\a.rs") && !is_of_app(""));
    }
}
