use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "http", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    KIT.does("without a layer", "bare"),
    TOWER_HTTP.does("sampled", "sampled").over("bare"),
    AXUM_TRACING_OPENTELEMETRY.does("sampled", "sampled").over("bare"),
    INSTRUMENTATION_TOWER.does("sampled", "sampled").over("bare"),
    TOWER_OTEL.does("sampled", "sampled").over("bare"),
    AXUM_OTEL_METRICS.does("sampled", "sampled").over("bare"),
    FASTRACE_AXUM.does("sampled", "sampled").over("bare"),
    SDK.does("sampled", "sampled").over("bare"),
    KIT.does("sampled", "sampled").over("bare").at_most(9_000, Some(14)),
    AXUM_TRACING_OPENTELEMETRY.does("not sampled", "unsampled").over("bare"),
    INSTRUMENTATION_TOWER.does("not sampled", "unsampled").over("bare"),
    TOWER_OTEL.does("not sampled", "unsampled").over("bare"),
    SDK.does("not sampled", "unsampled").over("bare"),
    KIT.does("not sampled", "unsampled").over("bare").at_most(5_000, Some(7)),
    KIT.does("sampled, `tracestate`", "sampled-state").over("bare-state").at_most(10_500, None),
    KIT.does("not sampled, `tracestate`", "unsampled-state").over("bare-state").at_most(6_500, None),
    KIT.does("root that the sampler drops", "dropped").over("bare-root").at_most(6_000, None),
    KIT.does("excluded route", "excluded").over("bare-root").at_most(1_500, Some(3)),
    KIT.does("excluded route, with a caller", "excluded-caller").over("bare"),
];

const TOWER_HTTP: Subject = Subject::new("tower-http 0.7 + Registry", "http-tower-http");
const AXUM_TRACING_OPENTELEMETRY: Subject =
    Subject::new("axum-tracing-opentelemetry 0.42, traces only", "http-axum-tracing-opentelemetry");
const INSTRUMENTATION_TOWER: Subject =
    Subject::new("opentelemetry-instrumentation-tower 0.19", "http-instrumentation-tower");
const TOWER_OTEL: Subject = Subject::new("tower-otel 0.12", "http-tower-otel");
const AXUM_OTEL_METRICS: Subject =
    Subject::new("axum-otel-metrics 0.14, metrics only", "http-axum-otel-metrics");
const FASTRACE_AXUM: Subject = Subject::new("fastrace-axum 0.2, traces only", "http-fastrace-axum");
const SDK: Subject = Subject::new("by hand on opentelemetry_sdk 0.33", "http-sdk");
const KIT: Subject = Subject::new("otel-kit", "http-kit");
