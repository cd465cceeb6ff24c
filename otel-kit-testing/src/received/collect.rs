use std::sync::Arc;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};

use super::{Payload, Received, ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan, Resource, Scope};

/// How it is filled.
impl Received {
    pub(crate) fn add_request(&mut self, request: ReceivedRequest) {
        self.requests.push(request);
    }

    pub(crate) fn add_rejection(&mut self, rejection: String) {
        self.rejections.push(rejection);
    }

    pub(crate) fn add(&mut self, payload: Payload) {
        match payload {
            Payload::Traces(request) => self.add_spans(request),
            Payload::Metrics(request) => self.add_metrics(request),
            Payload::Logs(request) => self.add_log_records(request),
        }
    }

    fn add_spans(&mut self, request: ExportTraceServiceRequest) {
        for group in request.resource_spans {
            let resource = Arc::new(Resource::from_proto(group.resource, group.schema_url));
            for group in group.scope_spans {
                let scope = Arc::new(Scope::from_proto(group.scope, group.schema_url));
                for span in group.spans {
                    self.spans.push(ReceivedSpan::from_proto(span, &resource, &scope));
                }
            }
        }
    }

    fn add_metrics(&mut self, request: ExportMetricsServiceRequest) {
        for group in request.resource_metrics {
            let resource = Arc::new(Resource::from_proto(group.resource, group.schema_url));
            for group in group.scope_metrics {
                let scope = Arc::new(Scope::from_proto(group.scope, group.schema_url));
                for metric in group.metrics {
                    self.metrics.push(ReceivedMetric::from_proto(metric, &resource, &scope));
                }
            }
        }
    }

    fn add_log_records(&mut self, request: ExportLogsServiceRequest) {
        for group in request.resource_logs {
            let resource = Arc::new(Resource::from_proto(group.resource, group.schema_url));
            for group in group.scope_logs {
                let scope = Arc::new(Scope::from_proto(group.scope, group.schema_url));
                for record in group.log_records {
                    self.log_records.push(ReceivedLog::from_proto(record, &resource, &scope));
                }
            }
        }
    }
}
