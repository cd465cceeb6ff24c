use std::time::Duration;

use otel_kit_core::Signal;

use crate::received::Protocol;

/// Something that an [`OtlpReceiver`](crate::OtlpReceiver) does wrong on purpose.
///
/// It applies to every request of every signal until [`clear_faults`](crate::OtlpReceiver::clear_faults),
/// unless [`times`](Fault::times) or [`on`](Fault::on) say otherwise. A request that fails is recorded, its
/// content is not taken; with [`partial_success`](Fault::partial_success) and [`garbage`](Fault::garbage),
/// and in the end with [`delay`](Fault::delay), it is.
///
/// ```
/// use otel_kit_testing::{Fault, OtlpReceiver, Signal};
///
/// let receiver = OtlpReceiver::start()?;
/// let status = |signal: &str| {
///     let url = format!("{}/v1/{signal}", receiver.http_endpoint());
///     let request = reqwest::blocking::Client::new().post(url);
///     request.header("content-type", "application/json").body("{}").send().map(|answer| answer.status())
/// };
/// receiver.fault(Fault::http_status(400).on(Signal::Logs));
/// receiver.fault(Fault::too_many_requests().times(1));
/// assert_eq!(status("logs")?, 429);
/// assert_eq!(status("logs")?, 400);
/// assert_eq!(status("traces")?, 200);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Fault {
    pub(super) effect: Effect,
    pub(super) signal: Option<Signal>,
    pub(super) times: Option<usize>,
}

/// What is done to a request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    Refuse,
    Delay(Duration),
    Hang,
    Fail(Failure),
    Partial { rejected: i64, message: String },
    Garbage,
}

/// An answer that is an error; of a code that is none, requests of that protocol are spared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    pub(super) http: Option<u16>,
    pub(super) grpc: Option<i32>,
    pub(super) retry_after: Option<Duration>,
    pub(super) message: String,
}

impl Fault {
    /// Reads the request, then closes the connection without an answer.
    pub fn refuse() -> Self {
        Self::new(Effect::Refuse)
    }

    /// Answers well, but late.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Effect::Delay(delay))
    }

    /// Does not answer before the faults are cleared.
    pub fn hang() -> Self {
        Self::new(Effect::Hang)
    }

    /// HTTP status 429; gRPC code `RESOURCE_EXHAUSTED`.
    pub fn too_many_requests() -> Self {
        Self::failure(Some(429), Some(RESOURCE_EXHAUSTED))
    }

    /// HTTP status 503; gRPC code `UNAVAILABLE`.
    pub fn unavailable() -> Self {
        Self::failure(Some(503), Some(UNAVAILABLE))
    }

    /// Any HTTP status; requests over gRPC are spared. A number that is no status counts as 500.
    pub fn http_status(status: u16) -> Self {
        Self::failure(Some(status), None)
    }

    /// Any [gRPC code](https://grpc.io/docs/guides/status-codes/), as a number or as `tonic::Code`; requests
    /// over HTTP are spared.
    pub fn grpc_code(code: impl Into<i32>) -> Self {
        Self::failure(None, Some(code.into()))
    }

    /// Says that so many items were rejected for good, and why. It takes all of them nevertheless.
    pub fn partial_success(rejected: i64, message: impl Into<String>) -> Self {
        Self::new(Effect::Partial { rejected, message: message.into() })
    }

    /// Answers with success and a body that is neither protobuf nor JSON.
    pub fn garbage() -> Self {
        Self::new(Effect::Garbage)
    }

    /// Ends after so many requests.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Applies to one signal only.
    pub fn on(mut self, signal: Signal) -> Self {
        self.signal = Some(signal);
        self
    }

    /// Asks to wait that long before the next try: `Retry-After` in whole seconds, rounded up; `RetryInfo`
    /// over gRPC. Without effect on faults that are no error status.
    pub fn retry_after(mut self, delay: Duration) -> Self {
        if let Effect::Fail(failure) = &mut self.effect {
            failure.retry_after = Some(delay);
        }
        self
    }

    fn failure(http: Option<u16>, grpc: Option<i32>) -> Self {
        let message = "fault of the test receiver".into();
        Self::new(Effect::Fail(Failure { http, grpc, retry_after: None, message }))
    }

    fn new(effect: Effect) -> Self {
        Self { effect, signal: None, times: None }
    }

    pub(super) fn applies_to(&self, signal: Signal, protocol: Protocol) -> bool {
        let protocol = match (&self.effect, protocol) {
            (Effect::Fail(failure), Protocol::Grpc) => failure.grpc.is_some(),
            (Effect::Fail(failure), _) => failure.http.is_some(),
            _ => true,
        };
        protocol && self.signal.is_none_or(|only| only == signal) && self.times != Some(0)
    }
}

const RESOURCE_EXHAUSTED: i32 = 8;
const UNAVAILABLE: i32 = 14;
