use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "span", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    REGISTRY.does("span of 5 fields", "sampled"),
    TRACING_OPENTELEMETRY.does("span of 5 fields", "sampled"),
    LEAN.does("span of 5 fields", "lean-sampled"),
    SDK.does("span of 5 fields", "sampled"),
    FASTRACE.does("span of 5 fields", "sampled"),
    KIT.does("span of 5 fields", "sampled").at_most(9_000, Some(10)),
    TRACING_OPENTELEMETRY.does("the same, not sampled", "unsampled"),
    LEAN.does("the same, not sampled", "lean-unsampled"),
    SDK.does("the same, not sampled", "unsampled"),
    KIT.does("the same, not sampled", "unsampled").at_most(3_500, Some(2)),
    TRACING_OPENTELEMETRY.does("`info!` in a span", "event-sampled").over("sampled"),
    TRACING_OPENTELEMETRY.does("`info!`, span not sampled", "event-unsampled").over("unsampled"),
    KIT.does("`info!`, span not sampled, no lines", "event").at_most(400, Some(0)),
    KIT.does("adapter's span, parent not sampled", "operation").at_most(100, Some(0)),
];

const REGISTRY: Subject = Subject::new("tracing + Registry", "span-registry");
const TRACING_OPENTELEMETRY: Subject =
    Subject::new("tracing-opentelemetry 0.34", "span-tracing-opentelemetry");
const LEAN: Subject = Subject::new("tracing-opentelemetry 0.34, fewest fields", "span-tracing-opentelemetry");
const SDK: Subject = Subject::new("opentelemetry_sdk 0.33", "span-sdk");
const FASTRACE: Subject = Subject::new("fastrace 0.7, local span", "span-fastrace");
const KIT: Subject = Subject::new("otel-kit", "span-kit");
