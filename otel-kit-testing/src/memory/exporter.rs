use std::{fmt, sync::Arc};

use opentelemetry_proto::{
    tonic::collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    transform::{
        common::tonic::ResourceAttributesWithSchema, logs::tonic::group_logs_by_resource_and_scope,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    logs::{LogBatch, LogExporter},
    trace::{SpanData, SpanExporter},
};

use crate::received::{Inbox, Payload};

/// Puts what is exported into an inbox, by way of the protobuf messages.
pub(super) struct ToInbox {
    inbox: Arc<Inbox>,
    resource: ResourceAttributesWithSchema,
}

impl ToInbox {
    pub(super) fn new(inbox: Arc<Inbox>) -> Self {
        Self { inbox, resource: ResourceAttributesWithSchema::default() }
    }
}

impl SpanExporter for ToInbox {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let request = Payload::Traces(ExportTraceServiceRequest { resource_spans });
        self.inbox.update(|received| received.add(request));
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl LogExporter for ToInbox {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let resource_logs = group_logs_by_resource_and_scope(&batch, &self.resource);
        let request = Payload::Logs(ExportLogsServiceRequest { resource_logs });
        self.inbox.update(|received| received.add(request));
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl fmt::Debug for ToInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToInbox").finish_non_exhaustive()
    }
}
