use std::time::Duration;

use otel_kit_core::{
    Clock,
    runtime::{Runtime, Task},
};
use tokio::runtime::Handle;

/// Time and tasks on the kit's own thread.
#[derive(Clone, Debug)]
pub(crate) struct KitRuntime {
    handle: Handle,
    clock: Clock,
}

impl KitRuntime {
    pub(crate) const fn new(handle: Handle) -> Self {
        Self { handle, clock: Clock::system() }
    }
}

impl Runtime for KitRuntime {
    fn spawn(&self, task: Task) {
        self.handle.spawn(task);
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        self.handle.spawn_blocking(work);
    }

    fn sleep(&self, duration: Duration) -> Task {
        // The timer is made on the runtime, wherever this is called.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;
    use crate::kit_thread::KitThread;

    #[test]
    fn tasks_run_on_the_kits_thread_and_what_blocks_on_another() {
        let kit = KitThread::start().unwrap();
        let runtime = KitRuntime::new(kit.handle().clone());
        let (tell, told) = mpsc::channel();
        let name = || thread::current().name().map(str::to_owned);
        let (task_tells, pause) = (tell.clone(), runtime.sleep(Duration::from_millis(1)));
        runtime.spawn(Box::pin(async move {
            pause.await;
            let _ = task_tells.send(name());
        }));
        assert_eq!(told.recv_timeout(Duration::from_secs(10)).unwrap().as_deref(), Some("otel-kit"));
        runtime.spawn_blocking(Box::new(move || drop(tell.send(name()))));
        assert_eq!(told.recv_timeout(Duration::from_secs(10)).unwrap().as_deref(), Some("otel-kit-blocking"));
    }
}
