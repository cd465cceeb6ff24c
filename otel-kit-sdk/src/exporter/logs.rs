use opentelemetry_proto::{
    tonic::{collector::logs::v1::ExportLogsServiceRequest, logs::v1::LogRecord},
    transform::{common::tonic::ResourceAttributesWithSchema, logs::tonic::group_logs_by_resource_and_scope},
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    logs::{LogBatch, LogExporter},
};
use prost::Message;

use super::AttributeLimits;
use crate::outlet::Outlet;

/// Encodes log records and hands them to the outlet. It never waits and never fails: what is lost is
/// counted there.
#[derive(Debug)]
pub(crate) struct KitLogExporter {
    outlet: Outlet,
    limits: AttributeLimits,
    resource: ResourceAttributesWithSchema,
}

impl KitLogExporter {
    pub(crate) fn new(outlet: Outlet, limits: AttributeLimits) -> Self {
        Self { outlet, limits, resource: ResourceAttributesWithSchema::default() }
    }
}

impl LogExporter for KitLogExporter {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let items = batch.iter().count();
        self.outlet.ship(items, || encode(&batch, &self.resource, &self.limits).encode_to_vec());
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

fn encode(
    batch: &LogBatch<'_>,
    resource: &ResourceAttributesWithSchema,
    limits: &AttributeLimits,
) -> ExportLogsServiceRequest {
    let mut resource_logs = group_logs_by_resource_and_scope(batch, resource);
    if !limits.is_unlimited() {
        let scopes = resource_logs.iter_mut().flat_map(|logs| &mut logs.scope_logs);
        for LogRecord { attributes, dropped_attributes_count, .. } in
            scopes.flat_map(|logs| &mut logs.log_records)
        {
            limits.apply(attributes, dropped_attributes_count);
        }
    }
    ExportLogsServiceRequest { resource_logs }
}
