use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Where people look: log lines go there, and what the console exporter shows.
#[derive(Clone)]
pub(super) struct Output {
    /// Instead of standard output.
    other: Option<Shared>,
    /// Whether a person reads along.
    pub(super) is_terminal: bool,
    /// Whether it may be in colour.
    pub(super) is_coloured: bool,
}

impl Output {
    /// Without a word about it, standard output is asked whether it is a terminal, and another output is none.
    pub(super) fn new(
        other: Option<Box<dyn Write + Send>>,
        is_terminal: Option<bool>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let is_terminal = is_terminal.unwrap_or_else(|| other.is_none() && io::stdout().is_terminal());
        // https://no-color.org
        let is_colour_welcome = environment("NO_COLOR").is_none_or(|value| value.is_empty());
        let other = other.map(|output| Shared(Arc::new(Mutex::new(output))));
        Self { other, is_terminal, is_coloured: is_terminal && is_colour_welcome }
    }

    /// What was given instead of standard output.
    pub(super) fn other(&self) -> Option<impl Write + Send + use<>> {
        self.other.clone()
    }
}

/// One output for the thread that writes lines and the one that shows traces.
#[derive(Clone)]
struct Shared(Arc<Mutex<Box<dyn Write + Send>>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}
