//! Events of `tracing`: those with errors are exceptions, and of all the last ones of a trace are remembered.

mod errors;
mod fields;
mod filter;
mod lines;
mod log_lines;
mod place;

pub(crate) use self::{errors::ErrorEvents, filter::OnlyErrors, lines::Lines, log_lines::LogLines};
