//! `sqlx-tracing`, its spans through `tracing-opentelemetry`, on the sqlx of the version that it needs.

use std::process::ExitCode;

use opentelemetry::trace::TracerProvider;
use sql_input::{ONE, SCHEMA, query};
use sqlx::{Error, Executor, Sqlite, SqlitePool, query_scalar, raw_sql, sqlite::SqlitePoolOptions};
use tracing_subscriber::{filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt};

fn main() -> ExitCode {
    measure::main(&[
        ("bare-sqlite", |measured| query(measured, sqlite, async |pool| name(&*pool).await)),
        ("sqlite", |measured| {
            let providers = pipeline_sdk::install();
            let spans = tracing_opentelemetry::layer().with_tracer(providers.tracers.tracer("bench"));
            // With all levels, sqlx's own events would be part of it.
            tracing_subscriber::registry().with(LevelFilter::INFO).with(spans).init();
            let open = async || sqlite().await.map(sqlx_tracing::Pool::from);
            query(measured, open, async |pool| name(&*pool).await);
        }),
    ])
}

async fn sqlite() -> Result<SqlitePool, Error> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    raw_sql(SCHEMA).execute(&pool).await?;
    Ok(pool)
}

async fn name<'c>(executor: impl Executor<'c, Database = Sqlite>) -> Result<String, Error> {
    query_scalar(ONE).bind(7).fetch_one(executor).await
}
