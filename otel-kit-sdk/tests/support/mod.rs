//! A transport that does as it is told.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)] // each test file uses a part

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use opentelemetry::{
    KeyValue,
    logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity},
    metrics::MeterProvider,
    trace::{Tracer, TracerProvider},
};
use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    logs::v1::LogRecord as ProtoLogRecord,
    metrics::v1::Metric,
    trace::v1::Span,
};
use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};
use otel_kit_sdk::{Pipeline, PipelineBuilder, Stats};
use prost::Message;

#[derive(Clone)]
pub struct Stub(Arc<Inner>);

struct Inner {
    behaviour: Mutex<Behaviour>,
    accepted: Mutex<Vec<OtlpRequest>>,
    tries: Mutex<usize>,
}

#[derive(Clone, Debug)]
pub enum Behaviour {
    Accept,
    Slow(Duration),
    Hang,
    /// Blocks the kit's thread.
    Block(Duration),
    Retry(Option<Duration>),
    /// Nobody is there.
    Silent,
    Reject,
    Partial(u64),
}

impl Stub {
    pub fn new(behaviour: Behaviour) -> Self {
        let inner =
            Inner { behaviour: Mutex::new(behaviour), accepted: Mutex::default(), tries: Mutex::default() };
        Self(Arc::new(inner))
    }

    pub fn now(&self, behaviour: Behaviour) {
        *self.0.behaviour.lock().unwrap() = behaviour;
    }

    pub fn tries(&self) -> usize {
        *self.0.tries.lock().unwrap()
    }

    pub fn bodies(&self, signal: Signal) -> Vec<OtlpRequest> {
        self.0.accepted.lock().unwrap().iter().filter(|request| request.signal == signal).cloned().collect()
    }

    pub fn traces(&self) -> Vec<ExportTraceServiceRequest> {
        self.bodies(Signal::Traces).into_iter().map(decode).collect()
    }

    pub fn spans(&self) -> Vec<Span> {
        let resources = self.traces().into_iter().flat_map(|request| request.resource_spans);
        resources.flat_map(|spans| spans.scope_spans).flat_map(|spans| spans.spans).collect()
    }

    pub fn logs(&self) -> Vec<ProtoLogRecord> {
        let requests = self.bodies(Signal::Logs).into_iter().map(decode::<ExportLogsServiceRequest>);
        let resources = requests.flat_map(|request| request.resource_logs);
        resources.flat_map(|logs| logs.scope_logs).flat_map(|logs| logs.log_records).collect()
    }

    /// The metrics of each push.
    pub fn pushes(&self) -> Vec<Vec<Metric>> {
        let requests = self.bodies(Signal::Metrics).into_iter().map(decode::<ExportMetricsServiceRequest>);
        let metrics = |request: ExportMetricsServiceRequest| {
            let resources = request.resource_metrics.into_iter();
            resources.flat_map(|metrics| metrics.scope_metrics).flat_map(|metrics| metrics.metrics).collect()
        };
        requests.map(metrics).collect()
    }
}

fn decode<M: Message + Default>(request: OtlpRequest) -> M {
    M::decode(request.body).unwrap()
}

impl Transport for Stub {
    fn send(&self, request: OtlpRequest) -> Sending {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            *inner.tries.lock().unwrap() += 1;
            let behaviour = inner.behaviour.lock().unwrap().clone();
            let reason = "the stub says so".to_owned();
            let rejected = match behaviour {
                Behaviour::Hang => std::future::pending().await,
                Behaviour::Retry(after) => return Delivery::Retry { after, reason },
                Behaviour::Silent => return Delivery::Unanswered { reason },
                Behaviour::Reject => return Delivery::Rejected { reason },
                Behaviour::Slow(time) => {
                    tokio::time::sleep(time).await;
                    0
                }
                Behaviour::Block(time) => {
                    std::thread::sleep(time);
                    0
                }
                Behaviour::Partial(rejected) => rejected,
                Behaviour::Accept => 0,
            };
            inner.accepted.lock().unwrap().push(request);
            Delivery::Accepted { rejected, message: None }
        })
    }

    fn destination(&self, signal: Signal) -> String {
        format!("stub/{}", signal.name())
    }
}

/// All signals to the stub.
pub fn builder(stub: &Stub) -> PipelineBuilder {
    let transport: Arc<dyn Transport> = Arc::new(stub.clone());
    Signal::ALL.into_iter().fold(Pipeline::builder(), |builder, signal| {
        builder.transport(signal, Arc::clone(&transport), Some(Duration::from_secs(10)))
    })
}

pub fn pipeline(stub: &Stub) -> Pipeline {
    builder(stub).build().unwrap()
}

/// One span, one record, one measurement.
pub fn make_one_of_each(pipeline: &Pipeline) {
    make_spans(pipeline, 1);
    make_logs(pipeline, 1);
    pipeline.meter_provider().meter("test").u64_counter("things").build().add(1, &[]);
}

pub fn make_spans(pipeline: &Pipeline, spans: usize) {
    let tracer = pipeline.tracer_provider().tracer("test");
    (0..spans).for_each(|_| tracer.in_span("work", |_| ()));
}

pub fn make_logs(pipeline: &Pipeline, logs: usize) {
    let logger = pipeline.logger_provider().logger("test");
    for _ in 0..logs {
        let mut record = logger.create_log_record();
        record.set_severity_number(Severity::Info);
        record.set_body(AnyValue::from("hello"));
        logger.emit(record);
    }
}

pub fn text(key: &'static str, value: &str) -> KeyValue {
    KeyValue::new(key, value.to_owned())
}

/// Everything that was made is in the counts.
pub fn all(stats: &Stats, signal: Signal) -> u64 {
    stats.exported(signal) + stats.pending(signal) + stats.lost(signal)
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within 20 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn exported_one_of_each(stats: &Stats) {
    for signal in Signal::ALL {
        assert_eq!((stats.exported(signal), all(stats, signal)), (1, 1), "{stats:?}");
    }
}

pub const PLENTY: Duration = Duration::from_secs(20);
