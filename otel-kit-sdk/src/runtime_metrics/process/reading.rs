use std::{fs, num::NonZero, path::Path, time::Duration};

use super::usage::Usage;
use crate::proc;

/// What was read at one collection; what could not be read is not there.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) usage: Option<Usage>,
    /// Of the time since the last collection, in user mode and in system mode.
    pub(super) cpu_shares: Option<[f64; 2]>,
    pub(super) uptime: Option<Duration>,
    /// Bytes: what is mapped, and what of it is in physical memory.
    pub(super) memory: Option<[i64; 2]>,
    pub(super) threads: Option<i64>,
    pub(super) descriptors: Option<i64>,
    /// Bytes read and written.
    pub(super) disk: Option<[u64; 2]>,
}

impl Reading {
    pub(super) fn now(proc: &Path, uptime: Option<Duration>) -> Self {
        Self {
            usage: Usage::now(),
            cpu_shares: None,
            uptime,
            memory: proc::memory(proc),
            threads: proc::threads(proc),
            descriptors: descriptors(proc),
            disk: proc::disk(proc),
        }
    }

    /// The same with what needs the reading before, `time` ago.
    pub(super) fn after(self, last: &Self, time: Duration, processors: NonZero<usize>) -> Self {
        let shares = || {
            let ([user, system], [last_user, last_system]) =
                (self.usage.as_ref()?.cpu, last.usage.as_ref()?.cpu);
            let processors = f64::from(u32::try_from(processors.get()).ok()?);
            let share = |used: Duration| used.as_secs_f64() / (time.as_secs_f64() * processors);
            let used = [user.saturating_sub(last_user), system.saturating_sub(last_system)];
            (!time.is_zero()).then(|| used.map(share))
        };
        Self { cpu_shares: shares(), ..self }
    }

    pub(super) fn cpu_seconds(&self) -> Option<[f64; 2]> {
        Some(self.usage.as_ref()?.cpu.map(|time| time.as_secs_f64()))
    }
}

/// From Linux 6.2 on the folder's size is their number. Otherwise they are counted, and counting needs one;
/// `procfs` would count that one, `.` and `..`, too.
fn descriptors(proc: &Path) -> Option<i64> {
    let folder = proc.join("self/fd");
    let open = match fs::metadata(&folder).ok()?.len() {
        0 => u64::try_from(fs::read_dir(&folder).ok()?.count()).ok()?.checked_sub(1)?,
        open => open,
    };
    i64::try_from(open).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(user: u64, system: u64) -> Reading {
        let cpu = [Duration::from_millis(user), Duration::from_millis(system)];
        Reading { usage: Some(Usage { cpu, faults: [0; 2], switches: [0; 2] }), ..Reading::default() }
    }

    #[test]
    fn shares_are_of_the_time_on_all_processors() {
        let processors = NonZero::new(4).unwrap();
        let shares = |time| used(3_000, 1_500).after(&used(1_000, 500), time, processors).cpu_shares;
        assert_eq!(shares(Duration::from_secs(10)), Some([0.05, 0.025]));
        assert_eq!(shares(Duration::ZERO), None);
        let unknown = Reading::default();
        assert_eq!(used(1, 1).after(&unknown, Duration::from_secs(1), processors).cpu_shares, None);
    }
}
