use std::{error::Error, fmt, io};

/// Why a pipeline cannot start: the system gives it no thread.
///
/// The kit needs a few threads of its own; see the limits of the user, the container (`pids.max`) and
/// memory.
#[derive(Debug)]
pub struct PipelineError {
    what: &'static str,
    source: io::Error,
}

impl PipelineError {
    pub(super) fn thread(what: &'static str, source: io::Error) -> Self {
        Self { what, source }
    }
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot start {}: check the limits for threads and memory", self.what)
    }
}

impl Error for PipelineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
