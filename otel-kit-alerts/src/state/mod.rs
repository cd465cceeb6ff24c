//! How far each alert is.

mod instance;
mod kept;
mod of_rule;

pub(crate) use self::{
    instance::{Fate, Instance, Timing},
    kept::Kept,
    of_rule::{Found, Kind, Report, States},
};
