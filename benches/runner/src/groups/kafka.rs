use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "kafka", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    KIT.does("rdkafka alone: send, up to the acknowledgement", "produce-bare"),
    SDK.does("send", "produce").over("produce-bare"),
    KIT.does("send", "produce").over("produce-bare").at_most(6_000, None),
    KIT.does("send, caller not sampled", "produce-unsampled").over("produce-bare"),
    SDK.does("process", "process").over("process-bare"),
    KIT.does("process", "process").over("process-bare").at_most(6_000, None),
];

const SDK: Subject = Subject::new("by hand on opentelemetry_sdk 0.33", "kafka-sdk");
const KIT: Subject = Subject::new("otel-kit", "kafka-kit");
