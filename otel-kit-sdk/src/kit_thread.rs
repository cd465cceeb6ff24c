use std::{
    fmt, io,
    sync::{Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle, ThreadId},
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{oneshot, watch},
};

use crate::{phase::Phase, suppress::suppress_this_thread};

/// The thread `otel-kit` with a small runtime on it: transports, retries and time limits run here, whatever
/// the application runs on.
pub(crate) struct KitThread {
    handle: Handle,
    phase: watch::Sender<Phase>,
    id: ThreadId,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    ended: mpsc::Receiver<()>,
    thread: JoinHandle<()>,
}

impl KitThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system gives no thread, or no event queue for the runtime.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = runtime()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
            suppress_this_thread();
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
            let _ = ending.send(());
        })?;
        Ok(Self {
            handle,
            phase: watch::Sender::new(Phase::Running),
            id: thread.thread().id(),
            running: Mutex::new(Some(Running { stop, ended, thread })),
        })
    }

    /// For spawning tasks.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The signal that ends waits and requests.
    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Says that there is time until `until` to bring out what is there.
    pub(crate) fn drain(&self, until: Instant) {
        let since = tokio::time::Instant::from_std(Instant::now());
        let until = tokio::time::Instant::from_std(until);
        self.phase.send_replace(Phase::Draining { since, until });
    }

    /// True on the kit's own thread, which must never wait for itself.
    pub(crate) fn is_current(&self) -> bool {
        thread::current().id() == self.id
    }

    /// Ends everything on the thread and the thread itself; waits for it no longer than `grace`. On the
    /// thread itself it only asks.
    pub(crate) fn stop(&self, grace: Duration) {
        self.phase.send_replace(Phase::Cancelled);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { stop, ended, thread }) = running else { return };
        let _ = stop.send(());
        if !self.is_current() && ended.recv_timeout(grace).is_ok() {
            let _ = thread.join();
        }
    }
}

impl Drop for KitThread {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}

impl fmt::Debug for KitThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KitThread").field("phase", &*self.phase.borrow()).finish_non_exhaustive()
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .thread_name(BLOCKING_NAME)
        .max_blocking_threads(BLOCKING_THREADS)
        .on_thread_start(suppress_this_thread)
        .build()
}

const NAME: &str = "otel-kit";
/// Threads for name resolution and the like.
const BLOCKING_NAME: &str = "otel-kit-blocking";
const BLOCKING_THREADS: usize = 4;

#[cfg(test)]
mod tests {
    use opentelemetry::Context;

    use super::*;

    fn ask<T: Send + 'static>(kit: &KitThread, ask: impl FnOnce() -> T + Send + 'static) -> T {
        let (tx, rx) = mpsc::channel();
        kit.handle().spawn(async move { tx.send(ask()) });
        rx.recv_timeout(Duration::from_secs(10)).unwrap()
    }

    #[test]
    fn the_kits_threads_have_names_and_telemetry_is_suppressed_on_all_of_them() {
        let kit = KitThread::start().unwrap();
        let here =
            || (thread::current().name().map(String::from), Context::is_current_telemetry_suppressed());
        assert_eq!(ask(&kit, here), (Some("otel-kit".to_owned()), true));

        let (tx, rx) = mpsc::channel();
        kit.handle().spawn_blocking(move || tx.send(here()));
        let blocking = rx.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(blocking, (Some("otel-kit-blocking".to_owned()), true));
        assert!(!Context::is_current_telemetry_suppressed());
    }

    #[test]
    fn stopping_ends_the_tasks_and_the_thread() {
        let kit = KitThread::start().unwrap();
        let (tx, rx) = mpsc::channel::<()>();
        kit.handle().spawn(async move {
            let _held = tx;
            std::future::pending::<()>().await;
        });
        kit.stop(Duration::from_secs(10));
        assert_eq!(rx.recv_timeout(Duration::from_secs(10)), Err(mpsc::RecvTimeoutError::Disconnected));
        kit.stop(Duration::from_secs(10)); // again: nothing
    }

    #[test]
    fn a_thread_that_does_not_end_is_left_behind_after_the_grace() {
        let kit = KitThread::start().unwrap();
        let (release, held) = mpsc::channel::<()>();
        kit.handle().spawn(async move { held.recv() });
        let before = Instant::now();
        kit.stop(Duration::from_millis(50));
        assert!(before.elapsed() < Duration::from_secs(5));
        drop(release);
    }

    #[test]
    fn it_may_be_stopped_and_dropped_on_its_own_thread() {
        let kit = KitThread::start().unwrap();
        let handle = kit.handle().clone();
        let (tx, rx) = mpsc::channel();
        handle.spawn(async move {
            assert!(kit.is_current());
            kit.stop(Duration::from_secs(10));
            drop(kit);
            tx.send(())
        });
        assert_eq!(rx.recv_timeout(Duration::from_secs(10)), Ok(()));
    }
}
