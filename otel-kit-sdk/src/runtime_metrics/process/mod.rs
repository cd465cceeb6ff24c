//! What the process uses.

mod reading;
#[cfg_attr(not(unix), path = "no_usage.rs")]
mod usage;

use std::{path::PathBuf, sync::Arc, thread, time::Duration};

use opentelemetry::metrics::Meter;

use otel_kit_core::{
    Clock,
    semconv::{
        attribute::{CPU_MODE, DISK_IO_DIRECTION, PROCESS_CONTEXT_SWITCH_TYPE, SYSTEM_PAGING_FAULT_TYPE},
        metric::{
            BYTES, CONTEXT_SWITCHES, FAULTS, FILE_DESCRIPTORS, PROCESS_CONTEXT_SWITCHES, PROCESS_CPU_TIME,
            PROCESS_CPU_UTILIZATION, PROCESS_DISK_IO, PROCESS_MEMORY_USAGE, PROCESS_MEMORY_VIRTUAL,
            PROCESS_PAGING_FAULTS, PROCESS_THREAD_COUNT, PROCESS_UNIX_FILE_DESCRIPTOR_COUNT, PROCESS_UPTIME,
            RATIO, SECONDS, THREADS,
        },
    },
};

use self::reading::Reading;
use super::{
    cached::Cached,
    instruments::{Described, Instruments, Split},
};
use crate::proc;

pub(super) fn register(meter: &Meter, proc: PathBuf, clock: &Clock, cpu_utilization: bool) {
    let (registered, processors) = (clock.now(), thread::available_parallelism().ok());
    let (age, own) = (proc::age(&proc), clock.clone());
    let source = Cached::new(clock.clone(), move |last: Option<(&Reading, _)>| {
        let uptime = age.map(|age: Duration| age + own.since(&registered));
        let reading = Reading::now(&proc, uptime);
        match last.zip(processors) {
            Some(((last, time), processors)) => reading.after(last, time, processors),
            None => reading,
        }
    });
    let instruments = Instruments { meter, source: Arc::new(source) };
    times(&instruments, cpu_utilization);
    amounts(&instruments);
    counts(&instruments);
}

fn times(instruments: &Instruments<'_, Reading>, cpu_utilization: bool) {
    let modes = Split(CPU_MODE, ["user", "system"]);
    let time = Described(PROCESS_CPU_TIME, SECONDS, "Time that processors spent on the process.");
    instruments.times(time, &modes, |reading| reading.cpu_seconds());
    if cpu_utilization {
        let share = "Share of the available processors that the process used since the last collection.";
        let share = Described(PROCESS_CPU_UTILIZATION, RATIO, share);
        instruments.gauges(share, &modes, |reading| reading.cpu_shares);
    }
    let uptime = Described(PROCESS_UPTIME, SECONDS, "How long the process has been running.");
    instruments.gauge(uptime, |reading| reading.uptime.map(|uptime| uptime.as_secs_f64()));
}

fn amounts(instruments: &Instruments<'_, Reading>) {
    instruments.amount(Described(PROCESS_MEMORY_USAGE, BYTES, "Physical memory in use."), |reading| {
        reading.memory.map(|[_, resident]| resident)
    });
    instruments.amount(Described(PROCESS_MEMORY_VIRTUAL, BYTES, "Virtual memory."), |reading| {
        reading.memory.map(|[mapped, _]| mapped)
    });
    instruments.amount(Described(PROCESS_THREAD_COUNT, THREADS, "Threads."), |reading| reading.threads);
    instruments.amount(
        Described(PROCESS_UNIX_FILE_DESCRIPTOR_COUNT, FILE_DESCRIPTORS, "Open file descriptors."),
        |reading| reading.descriptors,
    );
}

fn counts(instruments: &Instruments<'_, Reading>) {
    instruments.counts(
        Described(PROCESS_DISK_IO, BYTES, "Bytes that the process had read from and written to disks."),
        &Split(DISK_IO_DIRECTION, ["read", "write"]),
        |reading| reading.disk,
    );
    instruments.counts(
        Described(PROCESS_CONTEXT_SWITCHES, CONTEXT_SWITCHES, "How often the process gave way, or had to."),
        &Split(PROCESS_CONTEXT_SWITCH_TYPE, ["voluntary", "involuntary"]),
        |reading| reading.usage.as_ref().map(|usage| usage.switches),
    );
    instruments.counts(
        Described(PROCESS_PAGING_FAULTS, FAULTS, "Page faults, by whether the disk was needed."),
        &Split(SYSTEM_PAGING_FAULT_TYPE, ["major", "minor"]),
        |reading| reading.usage.as_ref().map(|usage| usage.faults),
    );
}
