use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::encode::file_stamp;

/// When a file is replaced by a new one, in UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Rotation {
    /// At midnight.
    Daily,
    /// At each full hour.
    Hourly,
    /// Only when it is full.
    Never,
}

impl Rotation {
    /// A number for all times that share a file.
    pub(super) fn period(self, time: SystemTime) -> u64 {
        let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        match self {
            Self::Daily => seconds / 86_400,
            Self::Hourly => seconds / 3_600,
            Self::Never => 0,
        }
    }
}

/// What the file is called once it is full: names sort by time.
pub(super) fn beside(path: &Path, now: SystemTime) -> PathBuf {
    let stamp = file_stamp(now);
    let named = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{stamp}.{number:04}"));
        PathBuf::from(name)
    };
    // Several in one second.
    (0..9_999).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(9_999))
}

/// Removes all but the newest files beside the current one.
pub(super) fn remove_oldest(path: &Path, max_files: Option<usize>) {
    let (Some(max_files), Some(name)) = (max_files, path.file_name().and_then(|name| name.to_str())) else {
        return;
    };
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    let mut old: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|other| is_old(other, name)))
        .map(|entry| entry.path())
        .collect();
    old.sort();
    let surplus = old.len().saturating_sub(max_files.saturating_sub(1));
    for path in old.into_iter().take(surplus) {
        // Another process may have done it.
        let _ = fs::remove_file(path);
    }
}

/// `<name>.2026-11-21T08-11-22Z.0000`
fn is_old(other: &str, name: &str) -> bool {
    let stamp = other.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
    stamp.is_some_and(|stamp| {
        stamp.len() == "2026-11-21T08-11-22Z.0000".len()
            && stamp.starts_with(|c: char| c.is_ascii_digit())
            && stamp.bytes().all(|byte| byte.is_ascii_digit() || b"-TZ.".contains(&byte))
    })
}
