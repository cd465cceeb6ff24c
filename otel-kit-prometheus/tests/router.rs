//! The endpoint as a part of a router.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    future::{pending, poll_fn},
    io::Read,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
    response::Response,
    routing::get,
};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use otel_kit_core::{Kit, metrics::SnapshotError};
use otel_kit_prometheus::{Encoder, Endpoint};
use support::{counting_kit, kit, line, orders};
use tokio::sync::Barrier;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

async fn ask(app: &Router, request: http::request::Builder) -> Answer {
    Answer::of(app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()).await
}

fn app(kit: &Kit) -> Router {
    Endpoint::new().with(kit).router()
}

fn metrics() -> http::request::Builder {
    Request::get("/metrics")
}

#[tokio::test]
async fn who_says_nothing_gets_plain_text() {
    let answer = ask(&app(&counting_kit()), metrics()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("vary"), "accept, accept-encoding");
    assert_eq!(answer.header("content-encoding"), "");
    assert!(answer.text().starts_with("# HELP target_info Target metadata\n"));
    assert!(answer.text().ends_with(&line(1)), "{}", answer.text());
}

#[tokio::test]
async fn who_asks_for_it_gets_openmetrics_and_gzip() {
    let request = metrics()
        .header("accept", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.1")
        .header("accept-encoding", "gzip");
    let answer = ask(&app(&counting_kit()), request).await;
    assert_eq!(
        answer.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
    );
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    assert!(text.ends_with(&(line(1) + "# EOF\n")), "{text}");
}

#[tokio::test]
async fn each_scrape_sees_what_was_measured_before_it() {
    let app = app(&counting_kit());
    for count in 1..4 {
        assert!(ask(&app, metrics()).await.text().ends_with(&line(count)));
    }
}

#[tokio::test]
async fn head_has_no_body_and_other_methods_are_refused() {
    let app = app(&counting_kit());
    let head = ask(&app, Request::head("/metrics")).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let post = ask(&app, Request::post("/metrics")).await;
    assert_eq!((post.status.as_u16(), post.header("allow")), (405, "GET,HEAD"));
}

#[tokio::test]
async fn it_lies_beside_other_routes_at_any_path() {
    let endpoint = Endpoint::new().with(&counting_kit()).encoder(Encoder::new().scope_labels(false));
    let app =
        Router::new().route("/", get(|| async { "home" })).route("/internal/prometheus", endpoint.route());
    assert_eq!(ask(&app, Request::get("/")).await.text(), "home");
    let answer = ask(&app, Request::get("/internal/prometheus?name=x")).await;
    assert!(answer.text().ends_with("shop_orders_total{shop_country=\"de\"} 1\n"), "{}", answer.text());
}

#[tokio::test]
async fn without_metrics_the_answer_is_503_and_says_why() {
    let failing = || async { Err(SnapshotError::Failed("the disk is on fire".into())) };
    let cases = [
        (Router::new().merge(otel_kit_prometheus::router()), "telemetry has not been started"),
        (app(&Kit::builder().build()), "this telemetry collects no metrics"),
        (app(&kit(|| async { Err(SnapshotError::Ended) })), "telemetry has been shut down"),
        (app(&kit(failing)), "metrics cannot be collected: the disk is on fire"),
    ];
    for (app, reason) in cases {
        let answer = ask(&app, metrics().header("accept-encoding", "gzip")).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(answer.text(), format!("no metrics: {reason}\n"));
    }
}

#[tokio::test]
async fn a_slow_source_is_not_waited_for_beyond_the_limit_of_either_side() {
    let stuck = kit(pending);
    let app = |limit| Endpoint::new().with(&stuck).time_limit(limit).router::<()>();
    let (short, long) = (Duration::from_millis(50), Duration::from_secs(60));
    let patience = |seconds| metrics().header("X-Prometheus-Scrape-Timeout-Seconds", seconds);
    let start = Instant::now();
    for (app, request) in
        [(app(short), metrics()), (app(long), patience("0.1")), (app(short), patience("60"))]
    {
        let answer = ask(&app, request).await;
        assert_eq!(answer.status, 503);
        assert!(
            answer.text().starts_with("no metrics: the metrics are not there within "),
            "{}",
            answer.text()
        );
    }
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scrapes_at_the_same_time_ask_at_the_same_time_and_so_can_share_a_snapshot() {
    // Nobody goes on before all eight have asked.
    let all = Arc::new(Barrier::new(8));
    let kit = kit(move || {
        let all = Arc::clone(&all);
        async move {
            all.wait().await;
            Ok(orders(8))
        }
    });
    let app = app(&kit);
    let seven: Vec<_> = (0..7)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { ask(&app, metrics()).await })
        })
        .collect();
    let eighth = ask(&app, metrics()).await;
    assert!(eighth.text().ends_with(&line(8)));
    for answer in seven {
        assert!(answer.await.unwrap().text().ends_with(&line(8)));
    }
}

#[tokio::test]
async fn a_ninth_scrape_waits_for_its_turn() {
    let taken = AtomicUsize::new(0);
    let kit = kit(move || {
        let is_stuck = taken.fetch_add(1, Ordering::Relaxed) < 8;
        async move { if is_stuck { pending().await } else { Ok(orders(9)) } }
    });
    let app = Endpoint::new().with(&kit).time_limit(Duration::from_secs(60)).router::<()>();
    let scrape = || app.clone().oneshot(metrics().body(Body::empty()).unwrap());
    let mut stuck: Vec<_> = (0..8).map(|_| Box::pin(scrape())).collect();
    for scrape in &mut stuck {
        assert!(waits(scrape.as_mut()).await);
    }
    let mut ninth = Box::pin(scrape());
    assert!(waits(ninth.as_mut()).await);

    stuck.pop(); // hangs up
    assert!(Answer::of(ninth.await.unwrap()).await.text().ends_with(&line(9)));
}

/// Polls once.
async fn waits<F: Future>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
}
