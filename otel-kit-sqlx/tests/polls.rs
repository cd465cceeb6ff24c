//! Whose span is current while the driver runs, and where what happens amid the rows lands.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod scripted;

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc, task};

use futures_core::future::BoxFuture;
use futures_util::{FutureExt, TryStreamExt};
use opentelemetry::trace::{SpanKind, Status};
use otel_kit_sqlx::Pool;
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use scripted::{Done, Empty, Script, Scripted, Seen, Step, Values, current};
use sqlx::query_with;
use tracing::subscriber::{DefaultGuard, set_default};

struct App {
    telemetry: Telemetry,
    pool: Pool<Scripted>,
    script: Arc<Script>,
    _subscriber: DefaultGuard,
}

impl App {
    fn new(steps: &[Step]) -> Self {
        let telemetry = Telemetry::new();
        let _subscriber = set_default(telemetry.subscriber());
        let (pool, script) = Script::pool(steps, &telemetry);
        Self { telemetry, pool, script, _subscriber }
    }

    /// The spans of the statements, and their caller's.
    fn spans(&self) -> (Vec<ReceivedSpan>, ReceivedSpan) {
        let (statements, mut others): (Vec<_>, Vec<_>) =
            self.telemetry.spans().into_iter().partition(|span| span.kind == SpanKind::Client);
        let caller = others.pop().expect("the caller's span");
        assert!(others.is_empty() && statements.iter().all(|span| span.is_child_of(&caller)));
        (statements, caller)
    }

    /// The one statement's span, and that the caller's has nothing of what happened to it.
    fn span(&self) -> ReceivedSpan {
        let (statements, caller) = self.spans();
        let [span] = &statements[..] else { panic!("one statement: {statements:?}") };
        assert_eq!((&caller.status, caller.events.len()), (&Status::Unset, 0), "{caller:?}");
        assert!(caller.attr("error.type").is_absent(), "{caller:?}");
        span.clone()
    }

    fn uses(&self) -> u64 {
        self.telemetry
            .metric("db.client.connection.use_time")
            .map_or(0, |metric| metric.points.first().unwrap().count)
    }

    async fn is_connection_back(&self) -> bool {
        for _ in 0..100 {
            if self.pool.num_idle() == 1 {
                return true;
            }
            tokio::task::yield_now().await; // a task brings it back
        }
        false
    }
}

type Fetch = for<'p> fn(&'p Pool<Scripted>) -> BoxFuture<'p, usize>;

/// All the ways to fetch, each with the number of rows that it gives. Those of the last two are one at most.
const FETCHES: [Fetch; 5] = [
    |pool| Box::pin(async move { query().fetch_all(pool).await.unwrap().len() }),
    |pool| Box::pin(async move { query().fetch(pool).try_collect::<Vec<_>>().await.unwrap().len() }),
    |pool| Box::pin(async move { query().execute(pool).await.map(|Done| 2).unwrap() }),
    |pool| Box::pin(async move { query().fetch_optional(pool).await.unwrap().map_or(0, |Empty| 1) }),
    |pool| Box::pin(async move { query().fetch_one(pool).await.map(|Empty| 1).unwrap() }),
];

/// Runs a future in a `tracing` span, as users' code does.
#[tracing::instrument(skip_all)]
async fn caller<T>(future: impl Future<Output = T>) -> T {
    future.await
}

fn query<'q>() -> sqlx::query::Query<'q, Scripted, Values> {
    query_with("SELECT a FROM b WHERE c = ?", Values::default())
}

fn seen_in(span: &ReceivedSpan, what: &[&'static str]) -> Vec<Seen> {
    what.iter().map(|what| (*what, span.span_id.clone())).collect()
}

#[tokio::test]
async fn the_statements_span_is_current_whenever_the_driver_is_polled_or_dropped() {
    let steps = [Step::Wait, Step::Row, Step::Wait, Step::Wait, Step::Row, Step::Done];
    for (number, fetch) in FETCHES.into_iter().enumerate() {
        let app = App::new(&steps);
        let rows = caller(fetch(&app.pool)).await;
        let (expected, polls) = if number < 3 { (2, 7) } else { (1, 2) };
        assert_eq!(rows, expected, "{number}");
        let what: Vec<_> = ["fetch"].into_iter().chain(vec!["poll"; polls]).chain(["drop"]).collect();
        assert_eq!(app.script.seen(), seen_in(&app.span(), &what), "{number}");
    }
}

#[tokio::test]
async fn between_two_rows_the_callers_span_is_current() {
    let app = App::new(&[Step::Row, Step::Wait, Step::Row]);
    let between = caller(async {
        let mut rows = query().fetch(&app.pool);
        let mut between = vec![current()];
        while rows.try_next().await.unwrap().is_some() {
            between.push(current());
        }
        between
    })
    .await;
    let (_, caller) = app.spans();
    assert_eq!(between, vec![caller.span_id; 3]);
}

#[tokio::test]
async fn each_step_of_a_transaction_runs_in_a_span_of_its_own() {
    let app = App::new(&[]);
    caller(async {
        app.pool.begin().await.unwrap().commit().await.unwrap();
        app.pool.begin().await.unwrap().rollback().await.unwrap();
    })
    .await;
    let (statements, _) = app.spans();
    let steps = ["begin", "commit", "begin", "rollback"].into_iter().zip(statements);
    let expected: Vec<_> = steps.flat_map(|(word, span)| seen_in(&span, &[word, word])).collect();
    assert_eq!((app.script.seen(), expected.len()), (expected, 8));
}

#[tokio::test]
async fn an_error_amid_the_rows_lands_on_the_statements_span() {
    let app = App::new(&[Step::Row, Step::Wait, Step::Row, Step::Fail, Step::Row]);
    let (rows, error) = caller(async {
        let mut rows = query().fetch(&app.pool);
        let mut count = 0;
        loop {
            match rows.try_next().await {
                Ok(Some(Empty)) => count += 1,
                Ok(None) => panic!("an error"),
                Err(error) => return (count, error),
            }
        }
    })
    .await;
    assert!(rows == 2 && matches!(error, sqlx::Error::Io(_)), "{rows} {error:?}");
    let span = app.span();
    assert_eq!(
        (&span.status, span.attr("error.type").as_str()),
        (&Status::error(""), Some("connection_reset"))
    );
    assert_eq!(span.attr("db.response.returned_rows"), 2);
    assert!(app.is_connection_back().await && app.uses() == 1);
}

#[tokio::test]
async fn who_gives_up_amid_the_rows_has_cancelled_the_statement() {
    let app = App::new(&[Step::Row, Step::Hang]);
    {
        let mut fetched = pin!(caller(query().fetch_all(&app.pool)));
        let mut task = task::Context::from_waker(task::Waker::noop());
        for _ in 0..3 {
            assert!(fetched.as_mut().poll(&mut task).is_pending());
        }
    }
    let span = app.span();
    assert_eq!((&span.status, span.attr("error.type").is_absent()), (&Status::Unset, true));
    assert_eq!(span.attr("otel_kit.cancelled"), true);
    assert_eq!(span.attr("db.response.returned_rows"), 1);
    let what = ["fetch", "poll", "poll", "poll", "poll", "drop"];
    assert_eq!(app.script.seen(), seen_in(&span, &what));
    assert!(app.is_connection_back().await && app.uses() == 1);
}

#[tokio::test]
async fn who_gives_up_before_the_row_has_cancelled_the_statement_too() {
    let app = App::new(&[Step::Done, Step::Hang]);
    {
        let mut fetched = pin!(caller(query().fetch_optional(&app.pool)));
        assert!(fetched.as_mut().poll(&mut task::Context::from_waker(task::Waker::noop())).is_pending());
    }
    let span = app.span();
    assert_eq!(span.attr("otel_kit.cancelled"), true);
    assert!(span.attr("db.response.returned_rows").is_absent());
    assert_eq!(app.script.seen(), seen_in(&span, &["fetch", "poll", "poll", "drop"]));
    assert!(app.is_connection_back().await && app.uses() == 1);
}

#[tokio::test]
async fn a_panic_in_what_makes_values_of_rows_is_the_end_of_the_statement() {
    let app = App::new(&[Step::Row, Step::Wait, Step::Row]);
    let mut made = 0;
    let values = query().map(|Empty| {
        made += 1;
        assert!(made < 2, "no more than one");
    });
    let panicked = AssertUnwindSafe(caller(async { values.fetch_all(&app.pool).await })).catch_unwind().await;
    assert!(panicked.is_err());
    let span = app.span();
    assert_eq!((&span.status, span.attr("error.type").as_str()), (&Status::error(""), Some("panic")));
    assert_eq!(span.attr("db.response.returned_rows"), 2);
    assert!(app.is_connection_back().await && app.uses() == 1);
}

#[tokio::test]
async fn a_panic_of_the_driver_is_the_end_of_the_statement() {
    let app = App::new(&[Step::Row, Step::Panic]);
    let panicked = AssertUnwindSafe(caller(query().fetch_all(&app.pool))).catch_unwind().await;
    assert!(panicked.is_err());
    let span = app.span();
    assert_eq!((&span.status, span.attr("error.type").as_str()), (&Status::error(""), Some("panic")));
}
