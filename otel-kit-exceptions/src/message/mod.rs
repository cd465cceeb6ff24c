//! Messages without what differs from one exception to the next.

mod classes;
mod cursor;
mod date;
mod hash;
mod ids;
mod keep;
mod network;
mod number;
mod path;
mod scan;
mod text;

pub(crate) use self::{hash::hash, text::parameterise};
