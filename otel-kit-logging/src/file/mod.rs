//! Lines in a file that is replaced by a new one from time to time.

mod rotation;

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    time::SystemTime,
};

pub use self::rotation::Rotation;
use self::rotation::{beside, remove_oldest};

/// A file for a [`LogWriter`](crate::LogWriter) that starts anew by the clock or by its size.
///
/// Lines are appended to the file at the path. When its time is over or the next line does not fit, it is
/// renamed to `<path>.<time in UTC>`, and the oldest of those are removed. A line is never spread over two
/// files. What fails (a full disk, a directory that is gone) costs the lines that could not be written, which
/// the writer counts, and is tried again with the next ones.
///
/// ```
/// use otel_kit_logging::{LogFile, LogWriter, Rotation};
///
/// let directory = std::env::temp_dir().join("otel-kit-log-file");
/// std::fs::create_dir_all(&directory)?;
/// let file = LogFile::new(directory.join("app.log"))
///     .rotate(Rotation::Daily)
///     .max_files(7)
///     .max_bytes(100 * 1024 * 1024)
///     .open()?;
/// let writer = LogWriter::builder().output(file).build()?;
/// # drop(writer);
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct LogFile {
    path: PathBuf,
    rotation: Rotation,
    max_files: Option<usize>,
    max_bytes: Option<u64>,
    clock: fn() -> SystemTime,
    open: Option<Open>,
}

struct Open {
    file: File,
    len: u64,
    /// Number of the period that its lines belong to.
    period: u64,
    ends_with_line: bool,
}

impl LogFile {
    /// A file at this path; it is not opened yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            rotation: Rotation::Never,
            max_files: None,
            max_bytes: None,
            clock: SystemTime::now,
            open: None,
        }
    }

    /// When a new file is begun. Default: [`Rotation::Never`].
    #[must_use]
    pub const fn rotate(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Most files, the one that is written included; at least one. Default: all are kept.
    #[must_use]
    pub const fn max_files(mut self, files: usize) -> Self {
        self.max_files = Some(files);
        self
    }

    /// Most bytes of a file; a line that is longer has a file of its own. Default: no limit.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Opens the file, so that a wrong path is noticed at the start.
    ///
    /// # Errors
    /// If it cannot be made or written to.
    pub fn open(mut self) -> io::Result<Self> {
        self.open = Some(self.opened()?);
        Ok(self)
    }

    fn opened(&self) -> io::Result<Open> {
        let file = OpenOptions::new().append(true).create(true).open(&self.path)?;
        let found = file.metadata()?;
        // What was written by an earlier process may belong to an earlier day.
        let time = if found.len() == 0 {
            (self.clock)()
        } else {
            found.modified().unwrap_or_else(|_| (self.clock)())
        };
        Ok(Open { file, len: found.len(), period: self.rotation.period(time), ends_with_line: true })
    }

    /// The file that takes the next `line`.
    fn current(&mut self, line: usize) -> io::Result<&mut Open> {
        let now = (self.clock)();
        let is_over = self.open.as_ref().is_some_and(|open| {
            let is_full = self.max_bytes.is_some_and(|most| open.len.saturating_add(widen(line)) > most);
            open.ends_with_line && open.len > 0 && (is_full || open.period != self.rotation.period(now))
        });
        if is_over && fs::rename(&self.path, beside(&self.path, now)).is_ok() {
            self.open = None;
            remove_oldest(&self.path, self.max_files);
        }
        if self.open.is_none() {
            self.open = Some(self.opened()?);
        }
        self.open.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Write for LogFile {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let first = lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |end| end + 1);
        let most = self.max_bytes;
        let open = self.current(first)?;
        let room = most.map_or(u64::MAX, |most| most.saturating_sub(open.len));
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(lines.len());
        let whole = lines.get(..room).and_then(|lines| lines.iter().rposition(|byte| *byte == b'\n'));
        let end = whole.map_or(first, |end| end + 1);
        let written = open.file.write(lines.get(..end).unwrap_or(lines))?;
        open.len = open.len.saturating_add(widen(written));
        open.ends_with_line = written.checked_sub(1).and_then(|last| lines.get(last)) == Some(&b'\n');
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for LogFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogFile")
            .field("path", &self.path)
            .field("rotation", &self.rotation)
            .field("max_files", &self.max_files)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

fn widen(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, path::Path, time::Duration};

    use super::*;

    thread_local! {
        static NOW: Cell<SystemTime> = const { Cell::new(SystemTime::UNIX_EPOCH) };
    }

    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("otel-kit-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            NOW.set(SystemTime::now());
            Self(path)
        }

        fn file(&self) -> LogFile {
            LogFile { clock: || NOW.get(), ..LogFile::new(self.0.join("app.log")) }
        }

        /// Contents of the renamed files in the order of their names, then of the current one.
        fn contents(&self) -> Vec<String> {
            let mut names: Vec<_> =
                fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect();
            names.sort();
            let current = names.iter().position(|name| name.ends_with("app.log")).unwrap();
            let current = names.remove(current);
            names.push(current);
            names.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn later(time: Duration) {
        NOW.set(NOW.get() + time);
    }

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn each_day_or_hour_has_its_file_and_the_oldest_go() {
        for (rotation, step) in [(Rotation::Daily, DAY), (Rotation::Hourly, DAY / 24)] {
            let directory = Directory::new("period");
            let mut file = directory.file().rotate(rotation).max_files(3).open().unwrap();
            for number in 0..6 {
                file.write_all(format!("{number}a\n{number}b\n").as_bytes()).unwrap();
                later(step);
            }
            assert_eq!(directory.contents(), ["3a\n3b\n", "4a\n4b\n", "5a\n5b\n"]);
        }
    }

    #[test]
    fn no_file_is_larger_than_it_may_be_and_no_line_is_torn() {
        let directory = Directory::new("size");
        let mut file = directory.file().max_bytes(10).open().unwrap();
        file.write_all(b"one\ntwo\nthree\na line that is longer\nfour\n").unwrap();
        assert_eq!(directory.contents(), ["one\ntwo\n", "three\n", "a line that is longer\n", "four\n"]);
    }

    #[test]
    fn a_file_of_an_earlier_process_is_continued_until_its_time_is_over() {
        let directory = Directory::new("again");
        for _ in 0..2 {
            directory.file().rotate(Rotation::Daily).open().unwrap().write_all(b"x\n").unwrap();
        }
        later(DAY);
        directory.file().rotate(Rotation::Daily).open().unwrap().write_all(b"y\n").unwrap();
        assert_eq!(directory.contents(), ["x\nx\n", "y\n"]);
    }

    #[test]
    fn a_directory_that_goes_away_costs_lines_until_it_is_back() {
        let directory = Directory::new("gone");
        let mut file = directory.file().rotate(Rotation::Daily).open().unwrap();
        file.write_all(b"before\n").unwrap();
        fs::remove_dir_all(&directory.0).unwrap();
        later(DAY);
        // The open file takes them, though nobody can read them any more.
        file.write_all(b"lost\n").unwrap();
        fs::create_dir_all(&directory.0).unwrap();
        assert!(directory.file().open().is_ok());
        file.write_all(b"after\n").unwrap();
        assert_eq!(directory.contents().last().unwrap(), "after\n");
        assert!(LogFile::new(Path::new("/nowhere/app.log")).open().is_err());
    }
}
