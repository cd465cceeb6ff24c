//! A kit with exceptions whose telemetry stays in memory.

#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails fails its test"
)]

use std::{sync::Arc, time::Duration};

use opentelemetry::{
    Context,
    logs::LoggerProvider,
    trace::{SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use otel_kit_core::{
    Kit, LogContext,
    exception::{Group, GroupSource},
    log_event::EventLogger,
    settings::ExceptionSettings,
};
use otel_kit_exceptions::{Exceptions, ExceptionsBuilder};
use otel_kit_testing::{Telemetry, received::ReceivedLog};

pub(crate) struct Rig {
    pub(crate) telemetry: Telemetry,
    pub(crate) exceptions: Exceptions,
    pub(crate) kit: Kit,
}

/// With a clock that stands.
pub(crate) fn rig(settings: ExceptionSettings) -> Rig {
    built(settings, |builder| builder)
}

pub(crate) fn built(
    settings: ExceptionSettings,
    with: impl FnOnce(ExceptionsBuilder) -> ExceptionsBuilder,
) -> Rig {
    let telemetry = Telemetry::builder().manual_clock().build();
    let builder = Exceptions::builder(settings).clock(telemetry.clock().clone());
    let exceptions = with(builder).build().unwrap();
    let logger = telemetry.logger_provider().logger("exceptions");
    let kit = Kit::builder()
        .tracer_provider(telemetry.tracer_provider().clone())
        .meter_provider(telemetry.meter_provider().clone())
        .clock(telemetry.clock().clone())
        .exception_sink(Arc::new(exceptions.clone()))
        .exception_groups(Arc::new(exceptions.clone()))
        .log_events(Arc::new(EventLogger::new(logger)))
        .build();
    exceptions.connect(&kit);
    Rig { telemetry, exceptions, kit }
}

impl Rig {
    pub(crate) fn advance(&self, by: Duration) {
        self.telemetry.clock().advance(by);
    }

    /// What has been exported so far.
    pub(crate) fn events(&self) -> Vec<ReceivedLog> {
        assert!(self.exceptions.flush(Duration::from_secs(20)), "the worker does not answer");
        self.telemetry.log_records()
    }

    pub(crate) fn event(&self) -> ReceivedLog {
        let events = self.events();
        assert_eq!(events.len(), 1, "{events:#?}");
        events.into_iter().next().unwrap()
    }

    pub(crate) fn groups(&self) -> Vec<Group> {
        self.events();
        self.exceptions.groups()
    }

    pub(crate) fn lost(&self, reason: &str) -> u64 {
        let lost = self.exceptions.lost();
        lost.iter().find(|(name, _)| *name == reason).expect("no such reason").1
    }

    /// A span of a request of this route, and its context.
    pub(crate) fn request(&self, route: &'static str) -> Context {
        let tracer = self.kit.tracer("test", "1");
        let context = tracer.start(&Context::new(), || SpanBuilder::from_name(route));
        LogContext::new().with("http.route", route).in_context(&context)
    }
}

/// A trace that somebody else decided not to sample.
pub(crate) fn unsampled(trace: u128) -> Context {
    let span = SpanContext::new(
        TraceId::from(trace),
        SpanId::from(7),
        TraceFlags::default(),
        true,
        TraceState::NONE,
    );
    Context::new().with_remote_span_context(span)
}

pub(crate) fn settings(change: impl FnOnce(&mut ExceptionSettings)) -> ExceptionSettings {
    let mut settings = ExceptionSettings::default();
    change(&mut settings);
    settings
}
