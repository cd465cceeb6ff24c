use std::{
    io::{ErrorKind, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

/// The output, with what must be remembered when it fails.
pub(super) struct Sink {
    output: Box<dyn Write + Send>,
    torn: bool,
}

impl Sink {
    pub(super) const fn new(output: Box<dyn Write + Send>) -> Self {
        Self { output, torn: false }
    }

    /// Writes whole lines.
    ///
    /// # Errors
    /// How many bytes went out before the output failed.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<(), usize> {
        if self.torn {
            // The line that was cut must not swallow the next one.
            self.write_all(b"\n").map_err(|_| 0_usize)?;
            self.torn = false;
        }
        self.write_all(lines).and_then(|()| self.flush()).inspect_err(|written| {
            self.torn = *written > 0 && lines.get(written - 1) != Some(&b'\n');
        })
    }

    fn write_all(&mut self, lines: &[u8]) -> Result<(), usize> {
        let mut rest = lines;
        while !rest.is_empty() {
            let written = lines.len() - rest.len();
            match self.attempt(|output| output.write(rest)) {
                Some(count @ 1..) => rest = rest.get(count..).unwrap_or_default(),
                _ => return Err(written),
            }
        }
        Ok(())
    }

    /// An output that fails here had a buffer of its own; how much of it is out nobody knows.
    fn flush(&mut self) -> Result<(), usize> {
        self.attempt(|output| output.flush()).ok_or(0)
    }

    /// Tries until it succeeds or fails for good; a panic of the output is a failure too.
    fn attempt<T>(&mut self, mut step: impl FnMut(&mut dyn Write) -> std::io::Result<T>) -> Option<T> {
        loop {
            match catch_unwind(AssertUnwindSafe(|| step(&mut *self.output))).ok()? {
                Ok(done) => return Some(done),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Somebody else made the shared terminal or pipe non-blocking.
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY),
                Err(_) => return None,
            }
        }
    }
}

const RETRY: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    /// Takes three bytes at a time, after each of which comes the next of the errors.
    struct Moody(Arc<Mutex<Vec<u8>>>, Vec<Option<ErrorKind>>);

    impl Write for Moody {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(kind) = self.1.pop().flatten() {
                return Err(kind.into());
            }
            let bytes = &bytes[..bytes.len().min(3)];
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn passing_errors_are_tried_again_and_a_torn_line_gets_its_end() {
        let written = Arc::default();
        let errors = vec![
            None,
            Some(ErrorKind::StorageFull),
            None,
            Some(ErrorKind::WouldBlock),
            Some(ErrorKind::Interrupted),
        ];
        let mut sink = Sink::new(Box::new(Moody(Arc::clone(&written), errors)));
        assert_eq!(sink.write(b"first\n"), Err(3));
        assert_eq!(sink.write(b"second\n"), Ok(()));
        assert_eq!(*written.lock().unwrap(), b"fir\nsecond\n");
    }
}
