//! What is exported of an exception.

mod log_event;
mod record;
mod severity;
mod time;

pub use self::record::Record;
pub(crate) use self::{
    log_event::{Suppressed, log_event},
    severity::usual_severity,
};
