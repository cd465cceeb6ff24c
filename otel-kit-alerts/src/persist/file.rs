use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use otel_kit_core::{diag::TARGET, runtime::Runtime};

use super::State;

/// A JSON file that is replaced as a whole: a crash leaves the old one or the new one.
///
/// What cannot be read is a warning and a fresh start; what cannot be written is a warning and tried again
/// with the next state.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: Arc<Path>,
    turn: Arc<Mutex<Turn>>,
    /// Held by who takes a state and writes it, so that no elder one comes after a newer one.
    writing: Arc<Mutex<()>>,
}

/// Whether a write is under way, and what comes after it: of several states the last counts.
#[derive(Debug, Default)]
struct Turn {
    is_writing: bool,
    next: Option<State>,
    said: Option<io::ErrorKind>,
}

impl StateFile {
    /// Nothing is read or written yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into().into(), turn: Arc::default(), writing: Arc::default() }
    }

    /// What was kept; nothing if there is no file or it cannot be read. It blocks: for the start, or for
    /// [`Runtime::spawn_blocking`].
    #[must_use]
    pub fn load(&self) -> State {
        match read(&self.path) {
            Ok(state) => state.unwrap_or_default(),
            Err(error) => {
                let path = self.path.display();
                tracing::warn!(target: TARGET, %path, %error, "the alerts' state cannot be read and starts afresh");
                State::default()
            }
        }
    }

    /// Writes the state, off this thread. While a write is under way, only the newest state waits.
    pub fn save(&self, state: State, runtime: &dyn Runtime) {
        let mut turn = self.turn();
        turn.next = Some(state);
        if turn.is_writing {
            return;
        }
        turn.is_writing = true;
        drop(turn);
        let file = self.clone();
        runtime.spawn_blocking(Box::new(move || file.write_all()));
    }

    /// Writes the state on this thread: for the end of the process.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save_now(&self, state: &State) -> io::Result<()> {
        let _writing = self.writing();
        self.turn().next = None;
        write(&self.path, state)
    }

    fn write_all(&self) {
        while self.write_next() {}
    }

    fn write_next(&self) -> bool {
        let _writing = self.writing();
        let Some(state) = self.take_next() else { return false };
        let result = write(&self.path, &state);
        self.say(result);
        true
    }

    fn take_next(&self) -> Option<State> {
        let mut turn = self.turn();
        let next = turn.next.take();
        turn.is_writing = next.is_some();
        next
    }

    /// A disk that stays full is one warning.
    fn say(&self, result: io::Result<()>) {
        let kind = result.as_ref().err().map(io::Error::kind);
        let is_news = std::mem::replace(&mut self.turn().said, kind) != kind;
        if let (Err(error), true) = (result, is_news) {
            let path = self.path.display();
            tracing::warn!(target: TARGET, %path, %error, "the alerts' state cannot be written");
        }
    }

    fn writing(&self) -> std::sync::MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> io::Result<Option<State>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(found) if found.len() > MAX_BYTES => return Err(io::Error::other("it is larger than 64 MiB")),
        Ok(_) => {}
    }
    Ok(Some(serde_json::from_slice(&fs::read(path)?)?))
}

/// Beside the old file, then in its place.
fn write(path: &Path, state: &State) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let done = fs::File::create(&beside).and_then(|mut file| {
        io::Write::write_all(&mut file, &serde_json::to_vec(state)?)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if done.is_err() {
        fs::remove_file(&beside).ok();
    }
    done
}

const MAX_BYTES: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        time::{Duration, SystemTime, UNIX_EPOCH},
    };

    use otel_kit_core::{Clock, runtime::Task};

    use super::*;
    use crate::persist::{LogEntry, SavedAlert};

    fn state(group: &str) -> State {
        let at = UNIX_EPOCH + Duration::from_millis(1_767_323_045_125);
        let alert = SavedAlert {
            labels: BTreeMap::from([("alertname".into(), "A".into())]),
            annotations: BTreeMap::new(),
            value: Some(0.25),
            active_at: at,
            fired_at: Some(at),
            keep_firing_since: None,
            resolved_at: None,
            evaluated_at: at,
        };
        let entry = LogEntry {
            group: group.into(),
            channel: "ops".into(),
            at: SystemTime::UNIX_EPOCH,
            firing: BTreeSet::from(["0123456789abcdef".to_owned()]),
            resolved: BTreeSet::new(),
        };
        State::new(vec![alert], vec![entry])
    }

    /// Keeps blocking work until the test runs it.
    #[derive(Debug, Default)]
    struct Later {
        clock: Clock,
        work: Mutex<Vec<Work>>,
    }

    struct Work(Box<dyn FnOnce() + Send>);

    impl std::fmt::Debug for Work {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Work")
        }
    }

    impl Runtime for Later {
        fn spawn(&self, _: Task) {}
        fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
            self.work.lock().unwrap().push(Work(work));
        }
        fn sleep(&self, _: Duration) -> Task {
            Box::pin(std::future::pending())
        }
        fn clock(&self) -> &Clock {
            &self.clock
        }
    }

    #[test]
    fn what_was_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::new(folder.path().join("alerts.json"));
        assert_eq!(file.load(), State::default());
        file.save_now(&state("{}")).unwrap();
        assert_eq!(file.load(), state("{}"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn of_states_that_wait_for_the_disk_only_the_newest_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::new(folder.path().join("alerts.json"));
        let runtime = Later::default();
        for group in ["a", "b", "c"] {
            file.save(state(group), &runtime);
        }
        let mut work = std::mem::take(&mut *runtime.work.lock().unwrap());
        assert_eq!((work.len(), file.load()), (1, State::default()));
        (work.remove(0).0)();
        assert_eq!(file.load(), state("c"));
        file.save(state("d"), &runtime);
        assert_eq!(runtime.work.lock().unwrap().len(), 1);
    }

    #[test]
    fn what_is_written_at_the_end_is_the_last_word() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::new(folder.path().join("alerts.json"));
        let runtime = Later::default();
        file.save(state("a"), &runtime);
        file.save_now(&state("b")).unwrap();
        let work = runtime.work.lock().unwrap().remove(0);
        (work.0)();
        assert_eq!(file.load(), state("b"));
    }

    #[test]
    fn a_broken_file_is_a_fresh_start_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.json");
        let file = StateFile::new(&path);
        for broken in ["", "{", "[]", r#"{"notified":[{"group":1}]}"#, "\u{0}"] {
            fs::write(&path, broken).unwrap();
            assert_eq!(file.load(), State::default(), "{broken}");
        }
        file.save_now(&state("{}")).unwrap();
        assert_eq!(file.load(), state("{}"));
    }

    #[test]
    fn a_folder_that_is_not_there_disturbs_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::new(folder.path().join("gone/alerts.json"));
        let runtime = Later::default();
        file.save(state("a"), &runtime);
        let work = runtime.work.lock().unwrap().remove(0);
        (work.0)();
        assert_eq!(file.load(), State::default());
        file.save(state("b"), &runtime);
        assert_eq!(runtime.work.lock().unwrap().len(), 1, "it is tried again");
    }
}
