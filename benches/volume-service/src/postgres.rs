use std::ops::Range;

use futures_util::future::try_join_all;
use otel_kit::sqlx::Pool;
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{Failure, Work, room::Room};

/// Asks questions, each on the next connection that is free.
pub(crate) struct Queries<A> {
    ask: A,
    room: Room,
}

pub(crate) async fn with_kit(url: &str, room: Room) -> Result<Queries<impl Ask>, Failure> {
    let pool = Pool::from(connect(url).await?);
    let ask = move |number| {
        let pool = pool.clone();
        async move { sqlx::query_scalar(SQL).bind(number).bind("pg_class").fetch_one(&pool).await }
    };
    Ok(Queries { ask, room })
}

pub(crate) async fn bare(url: &str, room: Room) -> Result<Queries<impl Ask>, Failure> {
    let pool = connect(url).await?;
    let ask = move |number| {
        let pool = pool.clone();
        async move { sqlx::query_scalar(SQL).bind(number).bind("pg_class").fetch_one(&pool).await }
    };
    Ok(Queries { ask, room })
}

async fn connect(url: &str) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new().min_connections(CONNECTIONS).max_connections(CONNECTIONS).connect(url).await
}

/// What is to answer with the number itself.
pub(crate) trait Ask: Clone + Send + 'static {
    fn ask(&self, number: i64) -> impl Future<Output = Result<i64, sqlx::Error>> + Send;
}

impl<A, F> Ask for A
where
    A: Fn(i64) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<i64, sqlx::Error>> + Send,
{
    fn ask(&self, number: i64) -> impl Future<Output = Result<i64, sqlx::Error>> + Send {
        self(number)
    }
}

impl<A: Ask> Work for Queries<A> {
    async fn run(&self, numbers: Range<u32>) -> Result<(), Failure> {
        let lanes = (0..LANES).map(|lane| {
            let (ask, room) = (self.ask.clone(), self.room.clone());
            let numbers = numbers.clone().skip(lane).step_by(LANES);
            let asking = tokio::spawn(async move {
                for number in numbers.map(i64::from) {
                    room.wait().await;
                    if ask.ask(number).await? != number {
                        return Err("the answer to another question".into());
                    }
                }
                Ok::<_, Failure>(())
            });
            async { asking.await? }
        });
        try_join_all(lanes).await.map(drop)
    }
}

const SQL: &str = "SELECT $1::int8 FROM pg_class WHERE relname = $2";

const CONNECTIONS: u32 = 4;
/// Twice as many, so that some wait.
const LANES: usize = 8;
