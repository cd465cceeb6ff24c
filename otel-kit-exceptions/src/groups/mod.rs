//! The groups of this process.

mod kept;
mod tally;

pub(crate) use self::{
    kept::{Counted, Groups, Known, Occurrence},
    tally::Tally,
};
