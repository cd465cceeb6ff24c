//! One scrape: snapshot, text, answer.

use std::{
    fmt,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, VARY},
};
use otel_kit_core::{
    Lazy,
    metrics::{Snapshot, SnapshotSource},
};
use tokio::{sync::Semaphore, task, time};

use crate::{Encoder, Format, accept};

/// Answers scrapes.
pub(crate) struct Scraper {
    source: Lazy<Option<Arc<dyn SnapshotSource>>>,
    work: Arc<Work>,
    time_limit: Duration,
    places: Arc<Semaphore>,
}

/// What makes the text.
struct Work {
    encoder: Encoder,
    /// How long the last text was: the next one is about as long.
    length: AtomicUsize,
}

impl Scraper {
    pub(crate) fn new(
        source: Lazy<Option<Arc<dyn SnapshotSource>>>,
        encoder: Encoder,
        time_limit: Duration,
    ) -> Self {
        let work = Arc::new(Work { encoder, length: AtomicUsize::new(0) });
        Self { source, work, time_limit, places: Arc::new(Semaphore::new(PLACES)) }
    }

    pub(crate) async fn answer(&self, headers: &HeaderMap) -> Response {
        let limit = scraper_limit(headers).map_or(self.time_limit, |limit| limit.min(self.time_limit));
        match time::timeout(limit, self.scrape(headers)).await {
            Ok(Ok(response)) => response,
            Ok(Err(refusal)) => unavailable(&refusal),
            Err(_) => unavailable(&format_args!("the metrics are not there within {limit:?}")),
        }
    }

    async fn scrape(&self, headers: &HeaderMap) -> Result<Response, String> {
        let source =
            self.source.get(|kit| kit.snapshots().cloned()).ok_or("telemetry has not been started")?;
        let source = source.as_ref().ok_or("this telemetry collects no metrics")?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| error.to_string())?;
        let snapshot = source.snapshot(Duration::ZERO).await.map_err(|error| error.to_string())?;
        let (format, content_type) = accept::format(headers);
        let gzip = accept::gzip(headers);
        let work = Arc::clone(&self.work);
        // Megabytes of text would keep a thread of the runtime from its other tasks.
        let body = task::spawn_blocking(move || {
            let _place = place; // also after the time limit
            work.body(&snapshot, format, gzip)
        });
        let body = body.await.map_err(|_| "the runtime is ending")?;
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
        if gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Ok(response)
    }
}

impl Work {
    fn body(&self, snapshot: &Snapshot, format: Format, gzip: bool) -> Bytes {
        let last = self.length.load(Ordering::Relaxed);
        let mut text = String::with_capacity(last + last / 8);
        self.encoder.encode_to(&mut text, snapshot, format).warn();
        self.length.store(text.len(), Ordering::Relaxed);
        if gzip { compressed(&text).into() } else { text.into() }
    }
}

impl fmt::Debug for Scraper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scraper").field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}

fn compressed(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(text.len() / 8), Compression::fast());
    // Writing into memory does not fail.
    let _ = gzip.write_all(text.as_bytes());
    gzip.finish().unwrap_or_default()
}

/// How long the scraper waits, a little less for the way.
fn scraper_limit(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get(TIMEOUT)?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds * 0.95).ok().filter(|limit| !limit.is_zero())
}

fn unavailable(reason: &dyn fmt::Display) -> Response {
    let mut response = Response::new(Body::from(format!("no metrics: {reason}\n")));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

const TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";
/// Scrapes at once: each holds a snapshot and a text.
const PLACES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scrapers_patience_is_read() {
        let cases = [
            ("10", Some(9.5)),
            (" 0.1 ", Some(0.095)),
            ("0", None),
            ("-1", None),
            ("NaN", None),
            ("x", None),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(TIMEOUT.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(scraper_limit(&headers).map(|limit| limit.as_secs_f64()), expected, "{value}");
        }
        assert_eq!(scraper_limit(&HeaderMap::new()), None);
    }
}
