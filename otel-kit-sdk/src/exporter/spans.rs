use opentelemetry_proto::{
    tonic::{
        collector::trace::v1::ExportTraceServiceRequest,
        trace::v1::{ResourceSpans, Span, span::SpanKind},
    },
    transform::{
        common::tonic::ResourceAttributesWithSchema, trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};
use prost::Message;

use super::AttributeLimits;
use crate::{bridge::take_kind, outlet::Outlet, tracer::RANDOM};

/// Encodes spans and hands them to the outlet. It never waits and never fails: what is lost is counted
/// there.
#[derive(Debug)]
pub(crate) struct KitSpanExporter {
    outlet: Outlet,
    limits: AttributeLimits,
    resource: ResourceAttributesWithSchema,
}

impl KitSpanExporter {
    pub(crate) fn new(outlet: Outlet, value_length: Option<usize>) -> Self {
        // The SDK counts attributes as they are set.
        let limits = AttributeLimits { value_length, count: None };
        Self { outlet, limits, resource: ResourceAttributesWithSchema::default() }
    }
}

impl SpanExporter for KitSpanExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let items = batch.len();
        self.outlet.ship(items, || encode(batch, &self.resource, &self.limits).encode_to_vec());
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

fn encode(
    batch: Vec<SpanData>,
    resource: &ResourceAttributesWithSchema,
    limits: &AttributeLimits,
) -> ExportTraceServiceRequest {
    let mut resource_spans = group_spans_by_resource_and_scope(batch, resource);
    for span in spans(&mut resource_spans) {
        if span.parent_span_id.is_empty() {
            span.flags |= u32::from(RANDOM);
        }
        if let Some(kind) = take_kind(&mut span.attributes) {
            span.kind = SpanKind::from(kind).into();
        }
        if !limits.is_unlimited() {
            limit(span, limits);
        }
    }
    ExportTraceServiceRequest { resource_spans }
}

fn spans(resource_spans: &mut [ResourceSpans]) -> impl Iterator<Item = &mut Span> {
    resource_spans.iter_mut().flat_map(|spans| &mut spans.scope_spans).flat_map(|spans| &mut spans.spans)
}

fn limit(span: &mut Span, limits: &AttributeLimits) {
    limits.apply(&mut span.attributes, &mut span.dropped_attributes_count);
    for event in &mut span.events {
        limits.apply(&mut event.attributes, &mut event.dropped_attributes_count);
    }
    for link in &mut span.links {
        limits.apply(&mut link.attributes, &mut link.dropped_attributes_count);
    }
}
