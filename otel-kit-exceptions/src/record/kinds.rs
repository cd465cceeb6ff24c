use std::{
    any::{TypeId, type_name},
    error::Error,
};

use super::{RecordError, Report};

/// Kinds of errors, so that each can be recorded by the same methods. Nobody names them.
pub mod kind {
    /// A type that is an error itself.
    #[derive(Debug)]
    pub struct Typed(());

    /// A box around an error of any type.
    #[derive(Debug)]
    pub struct Boxed(());

    /// A report of `anyhow`.
    #[cfg(feature = "anyhow")]
    #[derive(Debug)]
    pub struct Anyhow(());

    /// A report of `eyre`.
    #[cfg(feature = "eyre")]
    #[derive(Debug)]
    pub struct Eyre(());
}

impl<E: Error + 'static> RecordError<kind::Typed> for E {
    fn report(&self, report: Report<'_>) {
        report.typed(self, type_name::<E>(), TypeId::of::<E>());
    }
}

impl RecordError<kind::Boxed> for Box<dyn Error> {
    fn report(&self, report: Report<'_>) {
        report.dynamic(&**self);
    }
}

impl RecordError<kind::Boxed> for Box<dyn Error + Send + Sync> {
    fn report(&self, report: Report<'_>) {
        report.dynamic(&**self);
    }
}

/// The backtrace is captured if `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` says so; then the functions on it tell the
/// group.
#[cfg(feature = "anyhow")]
impl RecordError<kind::Anyhow> for anyhow::Error {
    fn report(&self, report: Report<'_>) {
        report.with_backtrace(self.as_ref(), self.backtrace());
    }
}

#[cfg(feature = "eyre")]
impl RecordError<kind::Eyre> for eyre::Report {
    fn report(&self, report: Report<'_>) {
        report.dynamic(self.as_ref());
    }
}
