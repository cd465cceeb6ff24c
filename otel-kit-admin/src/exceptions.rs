//! Groups of exceptions as JSON.

use std::time::SystemTime;

use opentelemetry::{SpanId, TraceId};
use otel_kit_core::exception::{Group, Sample};
use serde::Serialize;

use crate::when;

#[derive(Debug, Serialize)]
pub(crate) struct Exceptions {
    exceptions: Vec<Shown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    fingerprint: String,
    secondary_fingerprint: String,
    title: String,
    culprit: Option<String>,
    #[serde(rename = "type")]
    exception_type: String,
    grouping: &'static str,
    count: u64,
    suppressed: u64,
    #[serde(serialize_with = "when::time")]
    first_seen: SystemTime,
    #[serde(serialize_with = "when::time")]
    last_seen: SystemTime,
    operations: Vec<String>,
    sample: ShownSample,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownSample {
    message: String,
    stacktrace: Option<String>,
    trace_id: Option<String>,
    span_id: Option<String>,
}

/// The first `limit` of them.
pub(crate) fn shown(groups: Vec<Group>, limit: usize) -> Exceptions {
    Exceptions { exceptions: groups.into_iter().take(limit).map(Shown::from).collect() }
}

impl From<Group> for Shown {
    fn from(group: Group) -> Self {
        Self {
            fingerprint: group.fingerprint,
            secondary_fingerprint: group.secondary_fingerprint,
            title: group.title,
            culprit: group.culprit,
            exception_type: group.exception_type,
            grouping: group.grouping.name(),
            count: group.count,
            suppressed: group.suppressed,
            first_seen: group.first_seen,
            last_seen: group.last_seen,
            operations: group.operations,
            sample: group.sample.into(),
        }
    }
}

impl From<Sample> for ShownSample {
    fn from(sample: Sample) -> Self {
        let Sample { message, stacktrace, trace_id, span_id, .. } = sample;
        Self {
            message,
            stacktrace,
            trace_id: (trace_id != TraceId::INVALID).then(|| trace_id.to_string()),
            span_id: (span_id != SpanId::INVALID).then(|| span_id.to_string()),
        }
    }
}
