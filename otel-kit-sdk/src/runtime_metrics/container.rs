//! What the container uses, as Linux counts for its control group.

use std::sync::Arc;

use opentelemetry::metrics::Meter;

use otel_kit_core::{
    Clock,
    semconv::metric::{BYTES, CONTAINER_MEMORY_AVAILABLE, CONTAINER_MEMORY_WORKING_SET},
};

use super::{
    cached::Cached,
    files::{Files, field},
    instruments::{Described, Instruments},
};
use crate::resource::id_in_groups;

/// Nothing outside of containers: the control group of a session or a service of the system is none.
pub(super) fn register(meter: &Meter, files: &Files, clock: &Clock) {
    let Some(group) = Group::of_container(files) else { return };
    let source = Arc::new(Cached::new(clock.clone(), move |_| group.memory()));
    let instruments = Instruments { meter, source };
    instruments.amount(
        Described(CONTAINER_MEMORY_WORKING_SET, BYTES, "Memory without the files that can be dropped."),
        |memory| memory.as_ref().map(|memory| memory.working_set),
    );
    instruments.amount(
        Described(CONTAINER_MEMORY_AVAILABLE, BYTES, "Memory that is left below the limit."),
        |memory| memory.as_ref().and_then(Memory::available),
    );
}

/// The folder of a control group, and the names that its version has.
#[derive(Debug)]
struct Group {
    files: Files,
    names: &'static Names,
}

#[derive(Debug)]
struct Names {
    usage: &'static str,
    limit: &'static str,
    /// In `memory.stat`.
    inactive_file: &'static str,
}

#[derive(Debug)]
struct Memory {
    working_set: i64,
    limit: Option<i64>,
}

impl Group {
    fn of_container(files: &Files) -> Option<Self> {
        let groups = files.text("proc/self/cgroup")?;
        let (folder, names, path) = match path_of(&groups, "memory") {
            Some(path) => (V1_FOLDER, &V1, path),
            None => (V2_FOLDER, &V2, path_of(&groups, "")?),
        };
        // In a container of its own name space the whole hierarchy is the container's. The real root of
        // version 2 counts no memory; version 1 knows the container by its path only.
        let is_root = path == "/" && folder == V2_FOLDER;
        if !is_root && id_in_groups(&groups).is_none() {
            return None;
        }
        let folder = files.within(folder);
        let places = [folder.within(path), folder];
        let group = places.into_iter().find(|place| place.path(names.usage).is_file())?;
        Some(Self { files: group, names })
    }

    /// As the conventions, cAdvisor and the kubelet have it.
    fn memory(&self) -> Option<Memory> {
        let usage = self.files.number(self.names.usage)?;
        let inactive = field(&self.files.text("memory.stat")?, self.names.inactive_file)?;
        // Version 2 says `max` where there is no limit, version 1 a number beyond all memory.
        let limit = self.files.number(self.names.limit).filter(|limit| *limit < NO_LIMIT);
        Some(Memory { working_set: usage.saturating_sub(inactive).max(0), limit })
    }
}

impl Memory {
    fn available(&self) -> Option<i64> {
        Some(self.limit?.saturating_sub(self.working_set).max(0))
    }
}

/// The process's place in the hierarchy of a controller of version 1; that of version 2 has no name:
/// `4:cpu,memory:/path`, `0::/path`.
fn path_of<'a>(groups: &'a str, controller: &str) -> Option<&'a str> {
    groups.lines().find_map(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        controllers.split(',').any(|name| name == controller).then_some(path)
    })
}

const V1_FOLDER: &str = "sys/fs/cgroup/memory";
const V2_FOLDER: &str = "sys/fs/cgroup";
const V1: Names = Names {
    usage: "memory.usage_in_bytes",
    limit: "memory.limit_in_bytes",
    inactive_file: "total_inactive_file",
};
const V2: Names = Names { usage: "memory.current", limit: "memory.max", inactive_file: "inactive_file" };
const NO_LIMIT: i64 = 1 << 62;
