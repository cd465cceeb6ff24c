//! A database that answers as it is told, and notes whose span is current whenever its driver runs.
//!
//! The half of a driver is left out that reads and writes values: its rows are empty.

#![allow(dead_code, reason = "each test file uses a part")]

mod link;
mod never;

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use either::Either;
use futures_core::{Stream, future::BoxFuture, stream::BoxStream};
use futures_util::TryStreamExt;
use opentelemetry::trace::TraceContextExt;
use otel_kit_sqlx::Pool;
use otel_kit_testing::Telemetry;
use sqlx::pool::PoolOptions;
use sqlx_core::{
    arguments::{Arguments, IntoArguments},
    column::ColumnIndex,
    database::Database,
    describe::Describe,
    encode::Encode,
    error::{BoxDynError, Error},
    executor::{Execute, Executor},
    row::Row,
    sql_str::SqlStr,
    types::Type,
};

pub(crate) use self::{
    link::{Link, Options},
    never::Never,
};

/// What the driver does when it is polled for the next answer; at the end of the steps it has none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// It is not ready, and wakes the task.
    Wait,
    /// It is never ready.
    Hang,
    Row,
    /// A statement of the text is through.
    Done,
    Fail,
    Panic,
}

/// What the driver did, and the id of the span that was current.
pub(crate) type Seen = (&'static str, String);

/// The steps of each statement, and what was seen of all of them.
#[derive(Debug, Default)]
pub(crate) struct Script {
    steps: Mutex<Vec<Step>>,
    seen: Mutex<Vec<Seen>>,
}

#[derive(Debug)]
pub(crate) struct Scripted;

/// A row without columns.
#[derive(Debug)]
pub(crate) struct Empty;

#[derive(Debug, Default)]
pub(crate) struct Done;

/// The values of a statement: only how many.
#[derive(Debug, Default)]
pub(crate) struct Values(usize);

struct Answers {
    script: Arc<Script>,
    steps: VecDeque<Step>,
}

impl Script {
    /// A pool of one connection whose statements take these steps.
    pub(crate) fn pool(steps: &[Step], telemetry: &Telemetry) -> (Pool<Scripted>, Arc<Self>) {
        Self::pool_with(PoolOptions::new(), steps, telemetry)
    }

    pub(crate) fn pool_with(
        options: PoolOptions<Scripted>,
        steps: &[Step],
        telemetry: &Telemetry,
    ) -> (Pool<Scripted>, Arc<Self>) {
        let script = Arc::new(Self { steps: Mutex::new(steps.to_vec()), seen: Mutex::default() });
        let options = options.max_connections(1).test_before_acquire(false);
        let pool = options.connect_lazy_with(Options(Arc::clone(&script)));
        (Pool::from(pool).with(telemetry.kit()), script)
    }

    /// What the driver did so far, each with the span that was current.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn see(&self, what: &'static str) {
        self.seen.lock().unwrap().push((what, current()));
    }

    fn answers(self: &Arc<Self>) -> Answers {
        let steps = self.steps.lock().unwrap().clone().into();
        Answers { script: Arc::clone(self), steps }
    }
}

impl Stream for Answers {
    type Item = Result<Either<Done, Empty>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.script.see("poll");
        let Some(step) = self.steps.front().copied() else { return Poll::Ready(None) };
        if !matches!(step, Step::Hang) {
            self.steps.pop_front();
        }
        Poll::Ready(match step {
            Step::Wait => {
                task.waker().wake_by_ref();
                return Poll::Pending;
            }
            Step::Hang => return Poll::Pending,
            Step::Row => Some(Ok(Either::Right(Empty))),
            Step::Done => Some(Ok(Either::Left(Done))),
            Step::Fail => Some(Err(Error::Io(std::io::ErrorKind::ConnectionReset.into()))),
            Step::Panic => panic!("as the script says"),
        })
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.script.see("drop");
    }
}

impl Database for Scripted {
    type Connection = Link;
    type TransactionManager = link::Transactions;
    type Row = Empty;
    type QueryResult = Done;
    type Column = Never;
    type TypeInfo = Never;
    type Value = Never;
    type ValueRef<'r> = Never;
    type Arguments = Values;
    type ArgumentBuffer = ();
    type Statement = Never;

    const NAME: &'static str = "Scripted";
    const URL_SCHEMES: &'static [&'static str] = &["scripted"];
}

impl<'c> Executor<'c> for &'c mut Link {
    type Database = Scripted;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<Done, Empty>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Scripted>,
    {
        drop(query);
        self.0.see("fetch");
        Box::pin(self.0.answers())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<Empty>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Scripted>,
    {
        let mut answers = self.fetch_many(query);
        Box::pin(async move {
            while let Some(answer) = answers.try_next().await? {
                if let Either::Right(row) = answer {
                    return Ok(Some(row));
                }
            }
            Ok(None)
        })
    }

    fn prepare_with<'e>(self, _: SqlStr, _: &'e [Never]) -> BoxFuture<'e, Result<Never, Error>>
    where
        'c: 'e,
    {
        Box::pin(async { Err(unsupported()) })
    }

    fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<Describe<Scripted>, Error>>
    where
        'c: 'e,
    {
        Box::pin(async { Err(unsupported()) })
    }
}

impl Arguments for Values {
    type Database = Scripted;

    fn reserve(&mut self, _: usize, _: usize) {}

    fn add<'t, T>(&mut self, _: T) -> Result<(), BoxDynError>
    where
        T: Encode<'t, Scripted> + Type<Scripted>,
    {
        self.0 += 1;
        Ok(())
    }

    fn len(&self) -> usize {
        self.0
    }
}

impl IntoArguments<Scripted> for Values {
    fn into_arguments(self) -> Self {
        self
    }
}

impl Row for Empty {
    type Database = Scripted;

    fn columns(&self) -> &[Never] {
        &[]
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, _: I) -> Result<Never, Error> {
        Err(unsupported())
    }
}

impl Extend<Self> for Done {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, more: T) {
        more.into_iter().for_each(drop);
    }
}

/// The id of the current span.
pub(crate) fn current() -> String {
    opentelemetry::Context::map_current(|context| context.span().span_context().span_id().to_string())
}

fn unsupported() -> Error {
    Error::Protocol("this database has no values".to_owned())
}
