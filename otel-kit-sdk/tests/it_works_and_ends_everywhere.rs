//! Export and shutdown in every place where an application may use and drop a pipeline.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use opentelemetry::metrics::MeterProvider;

use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};
use otel_kit_sdk::{Pipeline, Report};
use support::{Behaviour, PLENTY, Stub, exported_one_of_each, make_one_of_each, pipeline, wait_until};

fn use_and_drop(stub: &Stub) {
    let pipeline = pipeline(stub);
    make_one_of_each(&pipeline);
}

fn arrived(stub: &Stub) {
    for signal in Signal::ALL {
        assert_eq!(stub.bodies(signal).len(), 1, "{signal:?}");
    }
}

#[test]
fn in_a_plain_main() {
    let stub = Stub::new(Behaviour::Accept);
    use_and_drop(&stub);
    arrived(&stub);
}

#[test]
fn inside_a_current_thread_runtime() {
    let stub = Stub::new(Behaviour::Slow(Duration::from_millis(20)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { use_and_drop(&stub) });
    arrived(&stub);
}

#[test]
fn inside_a_multi_thread_runtime_of_one_worker() {
    let stub = Stub::new(Behaviour::Slow(Duration::from_millis(20)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let theirs = stub.clone();
    runtime.block_on(async { tokio::spawn(async move { use_and_drop(&theirs) }).await.unwrap() });
    arrived(&stub);
}

#[tokio::test]
async fn inside_a_tokio_test() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline);
    let report = pipeline.shutdown_async(PLENTY).await;
    assert!(report.is_complete(), "{report}");
    exported_one_of_each(report.stats());
}

#[test]
fn after_the_applications_runtime_is_gone() {
    let stub = Stub::new(Behaviour::Accept);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let pipeline = runtime.block_on(async {
        let pipeline = pipeline(&stub);
        make_one_of_each(&pipeline);
        pipeline
    });
    drop(runtime);
    let report = pipeline.shutdown(PLENTY);
    assert!(report.is_complete(), "{report}");
    arrived(&stub);
}

#[test]
fn in_a_drop_while_unwinding() {
    let stub = Stub::new(Behaviour::Accept);
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let pipeline = pipeline(&stub);
        make_one_of_each(&pipeline);
        resume_unwind(Box::new("as planned"));
    }));
    assert!(unwound.is_err());
    arrived(&stub);
}

#[test]
fn in_futures_of_no_runtime() {
    let stub = Stub::new(Behaviour::Slow(Duration::from_millis(20)));
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline);
    let report = without_runtime(pipeline.flush_async(PLENTY));
    assert!(report.is_complete(), "{report}");
    exported_one_of_each(report.stats());
    assert!(without_runtime(pipeline.shutdown_async(PLENTY)).is_complete());
}

fn without_runtime(future: impl Future<Output = Report>) -> Report {
    struct Unpark(thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
            std::task::Poll::Ready(report) => return report,
            std::task::Poll::Pending => thread::park(),
        }
    }
}

/// Runs something on the kit's own thread, when the first request is sent.
struct OnKitThread {
    hook: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    stub: Stub,
}

impl Transport for OnKitThread {
    fn send(&self, request: OtlpRequest) -> Sending {
        let hook = self.hook.lock().unwrap().take();
        let sending = self.stub.send(request);
        Box::pin(async move {
            if let Some(hook) = hook {
                hook();
            }
            let delivery: Delivery = sending.await;
            delivery
        })
    }

    fn destination(&self, _: Signal) -> String {
        "kit thread".to_owned()
    }
}

fn on_kit_thread(run: impl FnOnce(Pipeline) + Send + 'static) -> Stub {
    let stub = Stub::new(Behaviour::Accept);
    let (give, take) = mpsc::channel::<Pipeline>();
    let hook = Box::new(move || run(take.recv_timeout(PLENTY).unwrap()));
    let transport = Arc::new(OnKitThread { hook: Mutex::new(Some(hook)), stub: stub.clone() });
    let pipeline = Pipeline::builder().transport(Signal::Logs, transport, None).build().unwrap();
    support::make_logs(&pipeline, 1);
    let _ = pipeline.flush(Duration::ZERO); // the batch is on its way
    give.send(pipeline).unwrap();
    stub
}

#[test]
fn dropped_on_the_kits_own_thread() {
    let stub = on_kit_thread(drop);
    wait_until("the record", || stub.logs().len() == 1);
}

#[test]
fn flushed_and_shut_down_on_the_kits_own_thread_it_does_not_wait() {
    let (say, hear) = mpsc::channel();
    let stub = on_kit_thread(move |pipeline| {
        let flushed = pipeline.flush(PLENTY);
        let ended = pipeline.shutdown(PLENTY);
        say.send((flushed, ended)).unwrap();
    });
    let (flushed, ended) = hear.recv_timeout(PLENTY / 2).unwrap();
    assert!(!flushed.is_in_time() && flushed.pending(Signal::Logs) == 1, "{flushed}");
    assert!(!ended.is_in_time(), "{ended}");
    wait_until("the record", || stub.logs().len() == 1);
}

#[test]
fn flushed_and_shut_down_in_an_observable_callback_it_does_not_wait_for_itself() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = Arc::new(pipeline(&stub));
    let (weak, calls) = (Arc::downgrade(&pipeline), Arc::new(AtomicUsize::new(0)));
    let called = Arc::clone(&calls);
    let _gauge = pipeline
        .meter_provider()
        .meter("test")
        .u64_observable_gauge("gauge")
        .with_callback(move |observer| {
            observer.observe(1, &[]);
            let Some(pipeline) = weak.upgrade() else { return };
            match called.fetch_add(1, Ordering::Relaxed) {
                0 => drop(pipeline.flush(PLENTY)),
                1 => drop(pipeline.shutdown(PLENTY)),
                _ => {}
            }
        })
        .build();
    let start = Instant::now();
    let report = pipeline.flush(PLENTY);
    assert!(report.is_complete(), "{report}");
    assert_eq!((stub.pushes().len(), calls.load(Ordering::Relaxed)), (1, 1));
    let _ = pipeline.flush(PLENTY); // the one that shuts down
    assert!(start.elapsed() < PLENTY / 2);
    assert!(calls.load(Ordering::Relaxed) <= 3);
}
