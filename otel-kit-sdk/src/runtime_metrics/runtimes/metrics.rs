use std::{sync::Arc, time::Duration};

use opentelemetry::metrics::{AsyncInstrument, Meter};
use tokio::runtime::RuntimeMetrics;

#[cfg(tokio_unstable)]
use otel_kit_core::semconv::metric::{
    CALLS, THREADS, TOKIO_RUNTIME_BLOCKING_QUEUE_DEPTH, TOKIO_RUNTIME_BLOCKING_THREAD_COUNT,
    TOKIO_RUNTIME_LOCAL_QUEUE_DEPTH, TOKIO_RUNTIME_SPAWNED_TASK_COUNT, TOKIO_RUNTIME_WORKER_STEAL_COUNT,
};
use otel_kit_core::semconv::metric::{
    PARKS, SECONDS, TASKS, TOKIO_RUNTIME_ALIVE_TASK_COUNT, TOKIO_RUNTIME_GLOBAL_QUEUE_DEPTH,
    TOKIO_RUNTIME_WORKER_BUSY_DURATION, TOKIO_RUNTIME_WORKER_COUNT, TOKIO_RUNTIME_WORKER_PARK_COUNT, WORKERS,
};

use super::{super::instruments::Described, Runtimes};

/// What Tokio counts for each runtime.
pub(in super::super) fn register(meter: &Meter, runtimes: &Arc<Runtimes>) {
    let instruments = Instruments { meter, runtimes };
    instruments
        .amount(Described(TOKIO_RUNTIME_WORKER_COUNT, WORKERS, "Workers."), RuntimeMetrics::num_workers);
    instruments.amount(
        Described(TOKIO_RUNTIME_ALIVE_TASK_COUNT, TASKS, "Tasks that are not over."),
        // One of them watches for us.
        |runtime| runtime.num_alive_tasks().saturating_sub(1),
    );
    instruments.amount(
        Described(TOKIO_RUNTIME_GLOBAL_QUEUE_DEPTH, TASKS, "Tasks in the queue that all workers share."),
        RuntimeMetrics::global_queue_depth,
    );
    #[cfg(target_has_atomic = "64")]
    of_workers(&instruments);
    #[cfg(tokio_unstable)]
    unstable(&instruments);
}

#[cfg(target_has_atomic = "64")]
fn of_workers(instruments: &Instruments<'_>) {
    instruments.count(
        Described(TOKIO_RUNTIME_WORKER_PARK_COUNT, PARKS, "How often workers parked for want of work."),
        |runtime| sum(runtime, RuntimeMetrics::worker_park_count),
    );
    let busy = |runtime: &RuntimeMetrics| {
        let workers = 0..runtime.num_workers();
        workers.map(|worker| runtime.worker_total_busy_duration(worker)).sum::<Duration>().as_secs_f64()
    };
    let described = "Time that the workers were busy, all together.";
    let Described(name, unit, description) =
        Described(TOKIO_RUNTIME_WORKER_BUSY_DURATION, SECONDS, described);
    let counter =
        instruments.meter.f64_observable_counter(name).with_unit(unit).with_description(description);
    let _ = counter.with_callback(instruments.each(busy)).build();
}

/// What Tokio tells only where it was built with `--cfg tokio_unstable`.
#[cfg(tokio_unstable)]
fn unstable(instruments: &Instruments<'_>) {
    instruments.amount(
        Described(TOKIO_RUNTIME_BLOCKING_THREAD_COUNT, THREADS, "Threads for blocking calls."),
        RuntimeMetrics::num_blocking_threads,
    );
    instruments.amount(
        Described(TOKIO_RUNTIME_BLOCKING_QUEUE_DEPTH, CALLS, "Blocking calls that wait for a thread."),
        RuntimeMetrics::blocking_queue_depth,
    );
    instruments.amount(
        Described(TOKIO_RUNTIME_LOCAL_QUEUE_DEPTH, TASKS, "Tasks in the queues of single workers."),
        |runtime| (0..runtime.num_workers()).map(|worker| runtime.worker_local_queue_depth(worker)).sum(),
    );
    #[cfg(target_has_atomic = "64")]
    instruments.count(
        Described(TOKIO_RUNTIME_SPAWNED_TASK_COUNT, TASKS, "Tasks that were spawned."),
        RuntimeMetrics::spawned_tasks_count,
    );
    #[cfg(target_has_atomic = "64")]
    instruments.count(
        Described(TOKIO_RUNTIME_WORKER_STEAL_COUNT, TASKS, "Tasks that workers took from each other."),
        |runtime| sum(runtime, RuntimeMetrics::worker_steal_count),
    );
}

#[cfg(target_has_atomic = "64")]
fn sum(runtime: &RuntimeMetrics, of: fn(&RuntimeMetrics, usize) -> u64) -> u64 {
    (0..runtime.num_workers()).map(|worker| of(runtime, worker)).sum()
}

struct Instruments<'a> {
    meter: &'a Meter,
    runtimes: &'a Arc<Runtimes>,
}

impl Instruments<'_> {
    fn amount(&self, Described(name, unit, description): Described, of: fn(&RuntimeMetrics) -> usize) {
        let counter = self.meter.i64_observable_up_down_counter(name);
        let counter = counter.with_unit(unit).with_description(description);
        let of = move |runtime: &RuntimeMetrics| i64::try_from(of(runtime)).unwrap_or(i64::MAX);
        let _ = counter.with_callback(self.each(of)).build();
    }

    #[cfg(target_has_atomic = "64")]
    fn count(&self, Described(name, unit, description): Described, of: fn(&RuntimeMetrics) -> u64) {
        let counter = self.meter.u64_observable_counter(name).with_unit(unit).with_description(description);
        let _ = counter.with_callback(self.each(of)).build();
    }

    fn each<N: 'static>(
        &self,
        of: impl Fn(&RuntimeMetrics) -> N + Send + Sync + 'static,
    ) -> impl Fn(&dyn AsyncInstrument<N>) + Send + Sync + 'static {
        let runtimes = Arc::clone(self.runtimes);
        move |instrument| {
            for (name, runtime) in runtimes.living() {
                instrument.observe(of(&runtime), &[name]);
            }
        }
    }
}
