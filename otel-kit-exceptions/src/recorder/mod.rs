//! Takes exceptions in, decides what becomes of them, and hands those to be exported to a thread of its own.

mod builder;
mod capture;
mod deadline;
mod exceptions;
mod hold;
mod housekeeping;
mod incoming;
mod inside;
mod job;
mod live;
mod losses;
mod output;
mod processing;
mod shared;
mod timeline;
mod worker;

pub use self::{builder::ExceptionsBuilder, exceptions::Exceptions};
pub(crate) use self::{
    capture::Inner,
    deadline::deadline_in,
    hold::hold,
    incoming::{Incoming, Site, id_of, is_of_app},
    inside::{Doing, Recording, doing},
    losses::Loss,
    worker::AfterFlush,
};
