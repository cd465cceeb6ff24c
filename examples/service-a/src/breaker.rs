use std::time::Duration;

use failsafe::{
    Config, Error, StateMachine,
    backoff::{self, Constant},
    failure_policy::{self, ConsecutiveFailures},
    futures::CircuitBreaker,
};
use otel_kit::opentelemetry::{Context, KeyValue, global, metrics::Counter, trace::TraceContextExt};

use crate::upstream::Failure;

/// Name of the counter and of the span event that tell of an answer out of the cache.
pub const FALLBACK: &str = "stock.fallback";

/// Stands before service B: after three failures in a row it lets nobody through for a tenth of a second.
pub struct Breaker {
    state: StateMachine<ConsecutiveFailures<Constant>, ()>,
    fallbacks: Counter<u64>,
}

impl Breaker {
    pub fn new() -> Self {
        let policy = failure_policy::consecutive_failures(3, backoff::constant(Duration::from_millis(100)));
        let fallbacks = global::meter("service-a").u64_counter(FALLBACK).with_unit("{answer}").build();
        Self { state: Config::new().failure_policy(policy).build(), fallbacks }
    }

    /// The answer of `call`; the cached one if the breaker is open or the call fails.
    pub async fn call_or<T>(&self, cached: T, call: impl Future<Output = Result<T, Failure>>) -> T {
        let reason = match self.state.call(call).await {
            Ok(answer) => return answer,
            Err(Error::Rejected) => "open",
            Err(Error::Inner(_)) => "failed",
        };
        tracing::warn!(reason, "stock taken from the cache");
        let attributes = [KeyValue::new("reason", reason)];
        self.fallbacks.add(1, &attributes);
        Context::current().span().add_event(FALLBACK, attributes.to_vec());
        cached
    }
}
