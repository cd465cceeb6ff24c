//! Wrappers around the SDK's batch processors that count what goes in, so that a full queue is counted
//! exactly and theirs never overflows.

mod logs;
mod spans;

pub(crate) use self::{logs::CountingLogProcessor, spans::CountingSpanProcessor};
