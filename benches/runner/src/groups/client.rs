use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "client", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    KIT.does("without a middleware", "bare"),
    SDK.does("request", "sampled").over("bare"),
    KIT.does("request", "sampled").over("bare").at_most(9_000, None),
];

const SDK: Subject = Subject::new("by hand on opentelemetry_sdk 0.33", "client-sdk");
const KIT: Subject = Subject::new("otel-kit", "client-kit");
