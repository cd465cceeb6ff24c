use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "metric", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    SDK.does("a record, sampled or not", "record"),
    SDK.does("the same, three readers", "record-three"),
    KIT.does("a record, not sampled", "record").at_most(1_400, Some(0)),
    KIT.does("a record, sampled", "record-sampled").at_most(1_400, Some(0)),
    SDK.does("a bound record, sampled or not", "bound"),
    KIT.does("a bound record, not sampled", "bound").at_most(400, Some(0)),
    KIT.does("a bound record, sampled", "bound-sampled").at_most(550, Some(0)),
    SDK.does("a record beyond the limit", "overflow"),
    KIT.does("a record beyond the limit", "overflow"),
];

const SDK: Subject = Subject::new("opentelemetry_sdk 0.33, no exemplars", "metric-sdk");
const KIT: Subject = Subject::new("otel-kit", "metric-kit");
