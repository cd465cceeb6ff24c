//! Errors and panics in threads, async functions and spawned tasks.

use std::{future::pending, hint::black_box, time::Duration};

use otel_kit_exceptions::RecordError as _;
use shop::Pg;
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    task::JoinSet,
    time::timeout,
};

use crate::observed::Observed;

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

pub fn all(observed: &mut Observed) {
    observed.shape("thread-panic", || {
        let _ = std::thread::spawn(|| shop::walk(black_box(0))).join();
    });
    for (name, failing) in SHAPES {
        observed.shape(name, || {
            let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
            failing(&runtime);
        });
    }
}

type Failing = fn(&Runtime);

/// Behind the slash stands another way to the same cause.
const SHAPES: &[(&str, Failing)] = &[
    ("async-error", |runtime| runtime.block_on(outer("x"))),
    ("async-error/spawned", |runtime| spawned(runtime, outer("x"))),
    ("async-panic", |runtime| runtime.block_on(later())),
    ("async-panic/spawned", |runtime| spawned(runtime, later())),
    ("async-boxed-panic", |runtime| runtime.block_on(boxed())),
    ("async-elapsed", |runtime| runtime.block_on(too_long())),
    ("async-closed", |runtime| runtime.block_on(closed())),
    ("spawned-block-panic", |runtime| {
        spawned(runtime, async {
            black_box(shop::first::<u8>(black_box(&[])));
        });
    }),
    ("blocking-panic", |runtime| {
        let _ = runtime.block_on(runtime.spawn_blocking(|| shop::dynamic("the table")(0)));
    }),
    ("joined-cancelled", |runtime| runtime.block_on(cancelled())),
    ("set-panic", |runtime| runtime.block_on(set())),
];

fn spawned(runtime: &Runtime, task: impl Future<Output = ()> + Send + 'static) {
    let _ = runtime.block_on(runtime.spawn(task));
}

async fn later() {
    black_box(shop::later(black_box(7)).await);
}

async fn boxed() {
    black_box(Pg { data: 0_u8 }.rows_later(black_box(5)).await);
}

async fn outer(text: &str) {
    inner(text).await;
}

async fn inner(text: &str) {
    tokio::task::yield_now().await;
    if let Err(error) = text.parse::<i32>() {
        error.record();
    }
}

async fn too_long() {
    timeout(Duration::from_millis(1), pending::<()>()).await.unwrap_err().record();
}

async fn closed() {
    let (sender, receiver) = oneshot::channel::<()>();
    drop(sender);
    receiver.await.unwrap_err().record();
}

async fn cancelled() {
    let task = tokio::spawn(pending::<()>());
    task.abort();
    task.await.unwrap_err().record();
}

async fn set() {
    let mut tasks = JoinSet::new();
    tasks.spawn(async { black_box(None::<u8>).expect("a byte of the set") });
    while tasks.join_next().await.is_some() {}
}
