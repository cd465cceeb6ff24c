//! What outlives a restart: running alerts, and what was notified of them.

mod file;
mod state;
mod time;

pub use self::{
    file::StateFile,
    state::{LogEntry, SavedAlert, State},
};
