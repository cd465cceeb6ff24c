use std::{env, path::Path, time::Duration};

use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{
    PROCESS_CREATION_TIME, PROCESS_EXECUTABLE_NAME, PROCESS_EXECUTABLE_PATH, PROCESS_PID,
    PROCESS_RUNTIME_NAME,
};

use super::{Around, attribute};
use crate::proc;

/// This process. Its arguments are left out: they may hold secrets.
pub(super) fn detect(around: &Around<'_>) -> impl Iterator<Item = KeyValue> {
    let executable = env::current_exe().ok();
    let path = executable.as_deref().map(|path| path.to_string_lossy().into_owned());
    [
        Some(KeyValue::new(PROCESS_PID, i64::from(std::process::id()))),
        attribute(PROCESS_EXECUTABLE_NAME, executable.as_deref().and_then(file_name)),
        attribute(PROCESS_EXECUTABLE_PATH, path),
        Some(KeyValue::new(PROCESS_RUNTIME_NAME, "rustc")),
        attribute(PROCESS_CREATION_TIME, creation_time(around)),
    ]
    .into_iter()
    .flatten()
}

/// Name of the running executable.
pub(super) fn executable() -> Option<String> {
    env::current_exe().ok().as_deref().and_then(file_name)
}

fn file_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// Linux tells when it was booted, and how much later the process began.
fn creation_time(around: &Around<'_>) -> Option<String> {
    let boot = around.file("proc/stat")?;
    let boot: u64 = boot.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    let started = Duration::from_secs(boot).checked_add(proc::started(&around.root.join("proc"))?)?;
    Some(iso_8601(started.as_millis().try_into().ok()?))
}

/// `2023-11-14T22:13:20.123Z`, by the
/// [algorithm of Howard Hinnant](https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
fn iso_8601(unix_millis: u64) -> String {
    let (seconds, millis) = (unix_millis / 1_000, unix_millis % 1_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468; // days since 0000-03-01
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153; // 0 is March
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year_of_era + carry;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_iso_8601() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
            (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
            (1_735_689_599_000, "2024-12-31T23:59:59.000Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        ];
        for (millis, expected) in cases {
            assert_eq!(iso_8601(millis), expected);
        }
    }
}
