use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "client", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    KIT.does("without a middleware", "bare"),
    REQWEST_TRACING.does("request", "sampled").over("bare"),
    SDK.does("request", "sampled").over("bare"),
    KIT.does("request", "sampled").over("bare").at_most(9_000, None),
    REQWEST_TRACING.does("caller not sampled", "unsampled").over("bare"),
    SDK.does("caller not sampled", "unsampled").over("bare"),
    KIT.does("caller not sampled", "unsampled").over("bare"),
];

const REQWEST_TRACING: Subject = Subject::new("reqwest-tracing 0.7, traces only", "client-reqwest-tracing");
const SDK: Subject = Subject::new("by hand on opentelemetry_sdk 0.33", "client-sdk");
const KIT: Subject = Subject::new("otel-kit", "client-kit");
