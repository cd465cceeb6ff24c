//! `otel-kit-sqlx`, and sqlx without it.

use std::{mem::ManuallyDrop, process::ExitCode};

use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_sqlx::Pool;
use sql_driver::{AtOnce, at_once, many, name, one, sqlite};
use sql_input::query;
use sqlx::{Database, Error};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| query(measured, at_once, async |pool| one(&*pool).await)),
        ("sampled", |measured| ask_for_one(measured, Sampler::AlwaysOn)),
        ("unsampled", |measured| {
            let _caller = unsampled_caller().attach();
            ask_for_one(measured, Sampler::AlwaysOn);
        }),
        ("dropped", |measured| ask_for_one(measured, Sampler::AlwaysOff)),
        ("bare-many", |measured| query(measured, at_once, async |pool| many(&*pool).await)),
        ("many", |measured| {
            with_kit(measured, Sampler::AlwaysOn, shop, async |pool| many(&*pool).await.map(drop));
        }),
        ("bare-sqlite", |measured| query(measured, sqlite, async |pool| name(&*pool).await)),
        ("sqlite", |measured| {
            let open = async || sqlite().await.map(Pool::from);
            with_kit(measured, Sampler::AlwaysOn, open, async |pool| name(&*pool).await.map(drop));
        }),
        // Out of the runtime, sqlx cannot drop a connection.
        ("bare-connection", |measured| {
            let open = async || sqlite().await?.acquire().await.map(ManuallyDrop::new);
            query(measured, open, async |connection| name(&mut ***connection).await);
        }),
        ("connection", |measured| {
            let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
            let kit = pipeline_kit::kit(&pipeline).build();
            let open = async || {
                let pool = Pool::from(sqlite().await?).with(&kit);
                pool.acquire().await.map(ManuallyDrop::new)
            };
            query(measured, open, async |connection| name(&mut ***connection).await);
        }),
    ])
}

fn ask_for_one(measured: Loop, sampler: Sampler) {
    with_kit(measured, sampler, shop, async |pool| one(&*pool).await.map(drop));
}

fn with_kit<DB: Database>(
    measured: Loop,
    sampler: Sampler,
    open: impl AsyncFnOnce() -> Result<Pool<DB>, Error>,
    ask: impl AsyncFnMut(&mut Pool<DB>) -> Result<(), Error>,
) {
    let pipeline = pipeline_kit::pipeline(sampler);
    let kit = pipeline_kit::kit(&pipeline).build();
    query(measured, async || open().await.map(|pool| pool.with(&kit)), ask);
}

/// With a namespace, as most databases have one.
async fn shop() -> Result<Pool<AtOnce>, Error> {
    Ok(Pool::from(at_once().await?).in_schema("shop"))
}

fn unsampled_caller() -> Context {
    let flags = TraceFlags::NOT_SAMPLED;
    let span = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}
