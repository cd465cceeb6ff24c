//! How an application records an error itself.

mod function;
mod kinds;
mod report;

use std::{error::Error, panic::Location};

use otel_kit_core::Kit;

pub use self::{function::function_of, kinds::kind, report::Report};

/// Records an error with the kit: its event and group, and on the current span that it failed.
///
/// It is there for every `E: Error + 'static`, for `Box<dyn Error>` (also with `Send + Sync`) and, by features, for
/// reports of `anyhow` and `eyre`; which `Kind` it is, the compiler finds out. Without an installed kit nothing
/// happens. An error that went through here is not recorded again by the layers above.
///
/// ```
/// use otel_kit_exceptions::RecordError as _;
///
/// if let Err(error) = "seven".parse::<u32>() {
///     error.record();
/// }
/// ```
pub trait RecordError<Kind> {
    #[doc(hidden)]
    fn report(&self, report: Report<'_>);

    /// Records it with the installed kit.
    #[track_caller]
    fn record(&self) {
        self.report(Report::new(Location::caller()));
    }

    /// Records it with this kit.
    #[track_caller]
    fn record_to(&self, kit: &Kit) {
        self.report(Report::new(Location::caller()).to(kit));
    }

    #[doc(hidden)]
    #[track_caller]
    fn record_in(&self, function: &'static str) {
        self.report(Report::new(Location::caller()).within(function));
    }
}

/// Records the error of a result, if it is one, and passes the result on.
///
/// ```
/// use std::num::ParseIntError;
/// use otel_kit_exceptions::RecordResult as _;
///
/// fn amount(text: &str) -> Result<u32, ParseIntError> {
///     text.parse().record_err()
/// }
/// assert_eq!(amount("7"), Ok(7));
/// assert!(amount("seven").is_err());
/// ```
pub trait RecordResult<Kind>: Sized {
    /// Records the error with the installed kit.
    #[must_use = "the result is passed on"]
    #[track_caller]
    fn record_err(self) -> Self;

    /// Records the error with this kit.
    #[must_use = "the result is passed on"]
    #[track_caller]
    fn record_err_to(self, kit: &Kit) -> Self;
}

impl<T, E: RecordError<Kind>, Kind> RecordResult<Kind> for Result<T, E> {
    #[track_caller]
    fn record_err(self) -> Self {
        if let Err(error) = &self {
            error.record();
        }
        self
    }

    #[track_caller]
    fn record_err_to(self, kit: &Kit) -> Self {
        if let Err(error) = &self {
            error.record_to(kit);
        }
        self
    }
}

/// Records an error whose type is not known, with the installed kit: see [`RecordError`].
///
/// ```
/// use std::error::Error;
///
/// fn give_up(error: &(dyn Error + 'static)) {
///     otel_kit_exceptions::record_dyn(error);
/// }
/// # give_up(&std::fmt::Error);
/// ```
#[track_caller]
pub fn record_dyn(error: &(dyn Error + 'static)) {
    Report::new(Location::caller()).dynamic(error);
}

/// Records an error with the installed kit, as [`RecordError::record`] does, and knows the function that it is called
/// in: that tells groups apart where a build has no debug information.
///
/// ```
/// fn take(amount: &str) {
///     if let Err(error) = amount.parse::<u32>() {
///         otel_kit_exceptions::record!(error);
///     }
/// }
/// # take("seven");
/// ```
#[macro_export]
macro_rules! record {
    ($error:expr $(,)?) => {{
        use $crate::RecordError as _;
        fn here() {}
        ($error).record_in($crate::__private::function_of(&here))
    }};
}
