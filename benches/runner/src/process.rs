//! A service that runs, seen from outside.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Killed when dropped.
pub(crate) struct Process {
    child: Child,
    address: String,
    /// Reads standard error, and has its last line.
    said: Option<JoinHandle<Option<String>>>,
}

impl Process {
    /// Starts it, and waits until it has said on standard error that it is listening.
    pub(crate) fn start(
        binary: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut child = Command::new(binary)
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", binary.display()))?;
        let mut said = child.stderr.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
        let address = said
            .find_map(|line| Some(line.ok()?.strip_prefix("listening on ")?.to_owned()))
            .ok_or_else(|| {
                let _ = child.kill();
                let _ = child.wait();
                format!("{} does not listen", binary.display())
            })?;
        let said = thread::spawn(move || said.map_while(Result::ok).last());
        Ok(Self { child, address, said: Some(said) })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Time on a processor of all threads that are there.
    pub(crate) fn cpu(&self) -> Result<Duration, String> {
        cpu(self.child.id(), |_| true)
    }

    /// Bytes in memory, of pages that are shared its share.
    pub(crate) fn memory(&self) -> Result<u64, String> {
        memory(self.child.id())
    }

    /// Asks it to end, waits until it has, and gives the last line of its standard error, after the address.
    pub(crate) fn terminate(mut self) -> Result<String, String> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        asked.map_err(|error| format!("cannot run kill: {error}"))?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => {
                    let said = self.said.take().and_then(|said| said.join().ok());
                    return Ok(said.flatten().unwrap_or_default());
                }
                Ok(Some(status)) => return Err(format!("the service ended with {status}")),
                Ok(None) => thread::sleep(Duration::from_millis(10)),
                Err(error) => return Err(format!("cannot wait for the service: {error}")),
            }
        }
        Err("the service does not end".to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Time on a processor of those threads of a process that are there and whose names are taken.
pub(crate) fn cpu(process: u32, takes: impl Fn(&str) -> bool) -> Result<Duration, String> {
    let folder = format!("/proc/{process}/task");
    let threads = fs::read_dir(&folder).map_err(|error| format!("{folder}: {error}"))?;
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let name = fs::read_to_string(thread.path().join("comm")).ok()?;
        let schedule = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        takes(&name).then(|| schedule.split(' ').next()?.parse::<u64>().ok())?
    });
    Ok(Duration::from_nanos(nanoseconds.sum()))
}

/// Bytes of a process in memory, of pages that are shared its share.
pub(crate) fn memory(process: u32) -> Result<u64, String> {
    let path = format!("/proc/{process}/smaps_rollup");
    let rollup = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    kilobytes(&rollup, "Pss:").map(|kilobytes| kilobytes * 1024).ok_or_else(|| format!("{path}: no Pss"))
}

/// Time on a processor of all processes that this one started and waited for, and of theirs.
pub(crate) fn cpu_of_children() -> Result<Duration, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|error| format!("/proc/self/stat: {error}"))?;
    let ticks = children(&stat).ok_or("/proc/self/stat has an unknown form")?;
    Ok(Duration::from_millis(ticks * MILLISECONDS_OF_TICK))
}

/// User and system time of children: fields 16 and 17, where the name in parentheses is the second one.
fn children(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(13).map(str::parse::<u64>);
    Some(times.next()?.ok()? + times.next()?.ok()?)
}

fn kilobytes(rollup: &str, name: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// What Linux tells users, on every architecture that matters.
const MILLISECONDS_OF_TICK: u64 = 10;
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_children_is_user_and_system_time() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 1300 37 20 0 1";
        assert_eq!(children(stat), Some(1337));
        assert_eq!(children("7 (a) S 1"), None);
    }

    #[test]
    fn a_line_of_the_rollup_is_found_by_its_name() {
        let rollup =
            "Rss:                1720 kB\nPss:                 329 kB\nPss_Dirty:           116 kB\n";
        assert_eq!(kilobytes(rollup, "Pss:"), Some(329));
        assert_eq!(kilobytes(rollup, "Swap:"), None);
    }
}
