//! What Linux tells about this process, below `/proc` or what stands for it. What cannot be read is not there.

use std::{fs, path::Path, time::Duration};

use nix::unistd::{SysconfVar, sysconf};
use procfs::{
    FromRead, Uptime,
    process::{Io, Stat, StatM},
};

/// Bytes: what is mapped, and what of it is in physical memory.
pub(crate) fn memory(proc: &Path) -> Option<[i64; 2]> {
    let pages = StatM::from_file(proc.join("self/statm")).ok()?;
    // The crate's `page_size` panics where the process may not read `/proc/self/auxv`.
    let size = sysconf(SysconfVar::PAGE_SIZE).ok()??.try_into().ok()?;
    let bytes = |pages: u64| i64::try_from(pages.checked_mul(size)?).ok();
    Some([bytes(pages.size)?, bytes(pages.resident)?])
}

pub(crate) fn threads(proc: &Path) -> Option<i64> {
    Some(stat(proc)?.num_threads)
}

/// Bytes read and written. Caches are not disks: these are the bytes that had to be fetched, and those that
/// are to be stored.
pub(crate) fn disk(proc: &Path) -> Option<[u64; 2]> {
    let io = io_of(&fs::read_to_string(proc.join("self/io")).ok()?)?;
    Some([io.read_bytes, io.write_bytes])
}

/// When the process began, in time since the boot.
pub(crate) fn started(proc: &Path) -> Option<Duration> {
    Some(Duration::from_millis(stat(proc)?.starttime.checked_mul(1_000 / TICKS_PER_SECOND)?))
}

/// How long the process has been running.
pub(crate) fn age(proc: &Path) -> Option<Duration> {
    let now = Uptime::from_file(proc.join("uptime")).ok()?.uptime;
    Duration::try_from_secs_f64(now).ok()?.checked_sub(started(proc)?)
}

fn stat(proc: &Path) -> Option<Stat> {
    stat_of(&String::from_utf8_lossy(&fs::read(proc.join("self/stat")).ok()?))
}

/// The crate cuts around the name's parentheses without a look at what is there.
fn stat_of(text: &str) -> Option<Stat> {
    let (before, after) = text.trim().rsplit_once(')')?;
    let sound = before.split_once('(')?.0.ends_with(' ') && after.starts_with(' ');
    sound.then(|| Stat::from_read(text.as_bytes()).ok())?
}

/// The crate cuts the last byte off names.
fn io_of(text: &str) -> Option<Io> {
    text.is_ascii().then(|| Io::from_read(text.as_bytes()).ok())?
}

/// What Linux calls `USER_HZ`; fixed to 100 on every architecture that Rust services run on.
const TICKS_PER_SECOND: u64 = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_content_makes_a_reading_panic(text in "[ ()é:\n]?[0-9é ]{0,3}[ ()é:]{0,3}(a\\) S( 1){0,40}|[a-z] ?)?[ ()é:0-9\n]{0,4}") {
            let _ = (stat_of(&text), io_of(&text));
        }
    }

    #[test]
    fn the_name_of_the_process_may_hold_anything() {
        let stat = |name: &str| stat_of(&format!("7 ({name}) S{}\n", " 1".repeat(34)));
        for name in ["a", "", "(", ")", ") (", "é", "\u{fffd} ) S 1"] {
            assert_eq!(stat(name).unwrap().comm, name);
        }
    }
}
