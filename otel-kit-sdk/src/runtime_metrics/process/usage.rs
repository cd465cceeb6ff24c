use std::time::Duration;

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

/// What the kernel counts for the whole process, threads that are over included.
#[derive(Debug)]
pub(super) struct Usage {
    /// In user mode, in system mode.
    pub(super) cpu: [Duration; 2],
    /// With the disk, without it.
    pub(super) faults: [u64; 2],
    /// Voluntary, involuntary.
    pub(super) switches: [u64; 2],
}

impl Usage {
    pub(super) fn now() -> Option<Self> {
        let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
        Some(Self {
            cpu: [duration(usage.user_time())?, duration(usage.system_time())?],
            faults: [count(usage.major_page_faults())?, count(usage.minor_page_faults())?],
            switches: [
                count(usage.voluntary_context_switches())?,
                count(usage.involuntary_context_switches())?,
            ],
        })
    }
}

fn duration(time: TimeVal) -> Option<Duration> {
    let seconds = Duration::from_secs(count(time.tv_sec())?);
    seconds.checked_add(Duration::from_micros(count(time.tv_usec())?))
}

/// Their types are those of the platform.
fn count(number: impl TryInto<u64>) -> Option<u64> {
    number.try_into().ok()
}
