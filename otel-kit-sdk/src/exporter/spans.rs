use std::{collections::HashMap, mem};

use opentelemetry::InstrumentationScope;
use opentelemetry_proto::{
    tonic::{
        collector::trace::v1::ExportTraceServiceRequest,
        resource::v1::Resource as ProtoResource,
        trace::v1::{ResourceSpans, ScopeSpans, Span, span::SpanKind},
    },
    transform::common::tonic::{Attributes, ResourceAttributesWithSchema},
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};
use otel_kit_core::bounded::give_back_attributes;
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
    let resource_spans = ResourceSpans {
        resource: Some(ProtoResource {
            attributes: resource.attributes.0.clone(),
            ..ProtoResource::default()
        }),
        scope_spans: by_scope(batch, limits),
        schema_url: resource.schema_url.clone().unwrap_or_default(),
    };
    ExportTraceServiceRequest { resource_spans: vec![resource_spans] }
}

/// The scopes in the order in which they came, and the spans of each.
fn by_scope(batch: Vec<SpanData>, limits: &AttributeLimits) -> Vec<ScopeSpans> {
    let mut places = HashMap::new();
    let mut scopes = Vec::new();
    let mut lists = Vec::with_capacity(batch.len());
    for mut data in batch {
        let mut attributes = mem::take(&mut data.attributes);
        let place = *places.entry(data.instrumentation_scope.clone()).or_insert_with_key(|scope| {
            scopes.push(of_scope(scope));
            scopes.len() - 1
        });
        let mut span = Span { attributes: Attributes::from(attributes.drain(..)).0, ..Span::from(data) };
        lists.push(attributes);
        finish(&mut span, limits);
        if let Some(scope) = scopes.get_mut(place) {
            scope.spans.push(span);
        }
    }
    give_back_attributes(lists);
    scopes
}

fn of_scope(scope: &InstrumentationScope) -> ScopeSpans {
    ScopeSpans {
        scope: Some((scope, None).into()),
        schema_url: scope.schema_url().unwrap_or_default().to_owned(),
        spans: Vec::new(),
    }
}

/// What the SDK does not know of a span.
fn finish(span: &mut Span, limits: &AttributeLimits) {
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

fn limit(span: &mut Span, limits: &AttributeLimits) {
    limits.apply(&mut span.attributes, &mut span.dropped_attributes_count);
    for event in &mut span.events {
        limits.apply(&mut event.attributes, &mut event.dropped_attributes_count);
    }
    for link in &mut span.links {
        limits.apply(&mut link.attributes, &mut link.dropped_attributes_count);
    }
}
