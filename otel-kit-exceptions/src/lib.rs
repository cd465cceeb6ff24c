//! Exceptions in groups.
//!
//! An error that matters is recorded once, however many layers see it, and falls into the group of its cause. Each
//! group is counted, and of each a few exceptions a minute are exported as log events, with the types of the error
//! and of what is behind it, its stack trace, its trace and the last log lines of that.
//!
//! - [`RecordError`], [`RecordResult`], [`record!`] and [`record_dyn`] record an error by hand.
//! - [`Exceptions`] takes those of the kit's adapters too; [`Exceptions::layer`] those of log events, and
//!   [`Exceptions::install_panic_hook`] panics.
//! - [`Record`] is what leaves the process; [`ExceptionsBuilder::before_send`] has the last word on it.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use otel_kit_core::{Kit, exception::GroupSource as _, settings::ExceptionSettings};
//! use otel_kit_exceptions::{Exceptions, RecordError as _};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // `otel_kit::init!()` does this.
//! let exceptions = Exceptions::builder(ExceptionSettings::default()).build()?;
//! let kit = Kit::builder().exception_sink(Arc::new(exceptions.clone())).build();
//! exceptions.connect(&kit);
//!
//! for amount in ["seven", "eight"] {
//!     if let Err(error) = amount.parse::<u32>() {
//!         error.record_to(&kit); // record() for the installed kit
//!     }
//! }
//!
//! assert!(exceptions.flush(Duration::from_secs(30)));
//! let groups = exceptions.groups();
//! assert_eq!((groups.len(), groups[0].count), (1, 2));
//! assert_eq!(groups[0].exception_type, "std::num::ParseIntError");
//! exceptions.shutdown(Duration::from_secs(5));
//! # Ok(())
//! # }
//! ```
//!
//! The thread of the request pays for a look at types and tables; stacks get their names, and groups are found out,
//! on a thread of the crate's own. What is beyond a group's budget is counted and costs no more than that look.
//!
//! How well causes are told apart depends on the build: with `debug = "limited"` in its profile by the functions on
//! the stack, and without debug information by the place where an error is recorded
//! ([`Exceptions::start_line`] says which).
//!
//! Errors are the same one if their innermost messages are, within one operation: the same trace, and the same route
//! or topic as far as both are known. Outside of any trace, each one counts.
//!
//! Emitted: events `exception`, or as the operation's adapter calls them, and `otel_kit.exceptions.suppressed`; the
//! counters `otel_kit.exceptions` and `otel_kit.exceptions.lost`. Features: `anyhow`, `eyre`, for their reports.

mod budget;
mod chain;
mod event;
mod fingerprint;
mod groups;
mod keys;
mod layer;
mod message;
mod panic_hook;
mod prekey;
mod record;
mod recorder;
mod rules;
mod seen;
mod stack;

pub use self::{
    event::Record,
    panic_hook::PanicHook,
    record::{RecordError, RecordResult, record_dyn},
    recorder::{Exceptions, ExceptionsBuilder},
    rules::RuleError,
};

/// What macros need.
#[doc(hidden)]
pub mod __private {
    pub use crate::record::{Report, function_of, kind};
}
