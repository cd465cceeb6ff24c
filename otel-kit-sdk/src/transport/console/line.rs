use std::fmt::Write;

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest},
    common::v1::KeyValue,
    logs::v1::LogRecord,
    metrics::v1::{Metric, metric::Data, number_data_point},
};

use super::text::{Paint, clean, clock, pair, short, value};

/// One line for each log record: `12:34:56.789 WARN  shop: no stock sku=7 trace=4bf92f35`.
pub(super) fn logs(request: &ExportLogsServiceRequest, paint: Paint) -> String {
    let mut text = String::new();
    for scope in request.resource_logs.iter().flat_map(|resource| &resource.scope_logs) {
        let name = scope.scope.as_ref().map_or("", |scope| scope.name.as_str());
        for record in &scope.log_records {
            text.push_str(&log(record, name, paint));
            text.push('\n');
        }
    }
    text
}

/// One line for each data point: `http.server.active_requests{http.route=/} 3 {request}`.
pub(super) fn metrics(request: &ExportMetricsServiceRequest, paint: Paint) -> String {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    let mut text = String::new();
    for metric in scopes.flat_map(|scope| &scope.metrics) {
        for (attributes, value) in points(metric) {
            let attributes: Vec<String> = attributes.iter().map(pair).collect();
            let attributes = paint.dim(format!("{{{}}}", attributes.join(",")));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}{attributes} {value} {}",
                paint.bold(clean(&metric.name)),
                clean(&metric.unit)
            );
        }
    }
    text
}

fn log(record: &LogRecord, scope: &str, paint: Paint) -> String {
    let time =
        if record.time_unix_nano == 0 { record.observed_time_unix_nano } else { record.time_unix_nano };
    let level = format!("{:5}", level(record));
    let level = match record.severity_number {
        17.. => paint.red(level),
        13.. => paint.yellow(level),
        _ => level,
    };
    let mut words = vec![paint.dim(clock(time)), level];
    words.extend((!scope.is_empty()).then(|| paint.dim(format!("{}:", clean(scope)))));
    words.extend(Some(value(record.body.as_ref())).filter(|body| !body.is_empty()));
    words.extend(record.attributes.iter().map(pair));
    words.extend(
        (!record.trace_id.is_empty()).then(|| paint.dim(format!("trace={}", short(&record.trace_id)))),
    );
    words.join(" ")
}

fn level(record: &LogRecord) -> String {
    if !record.severity_text.is_empty() {
        return clean(&record.severity_text);
    }
    let name = match record.severity_number {
        ..=0 => "",
        1..=4 => "TRACE",
        5..=8 => "DEBUG",
        9..=12 => "INFO",
        13..=16 => "WARN",
        17..=20 => "ERROR",
        21.. => "FATAL",
    };
    name.to_owned()
}

/// Attributes and value of each point.
fn points(metric: &Metric) -> Vec<(&[KeyValue], String)> {
    let number = |value: Option<number_data_point::Value>| match value {
        Some(number_data_point::Value::AsInt(value)) => value.to_string(),
        Some(number_data_point::Value::AsDouble(value)) => value.to_string(),
        None => "-".to_owned(),
    };
    match &metric.data {
        None => Vec::new(),
        Some(Data::Gauge(gauge)) => {
            gauge.data_points.iter().map(|p| (p.attributes.as_slice(), number(p.value))).collect()
        }
        Some(Data::Sum(sum)) => {
            sum.data_points.iter().map(|p| (p.attributes.as_slice(), number(p.value))).collect()
        }
        Some(Data::Histogram(histogram)) => histogram
            .data_points
            .iter()
            .map(|p| (p.attributes.as_slice(), distribution(p.count, p.sum, p.min, p.max)))
            .collect(),
        Some(Data::ExponentialHistogram(histogram)) => histogram
            .data_points
            .iter()
            .map(|p| (p.attributes.as_slice(), distribution(p.count, p.sum, p.min, p.max)))
            .collect(),
        Some(Data::Summary(summary)) => summary
            .data_points
            .iter()
            .map(|p| (p.attributes.as_slice(), distribution(p.count, Some(p.sum), None, None)))
            .collect(),
    }
}

fn distribution(count: u64, sum: Option<f64>, min: Option<f64>, max: Option<f64>) -> String {
    let mut text = format!("count={count}");
    for (name, value) in [("sum", sum), ("min", min), ("max", max)] {
        if let Some(value) = value {
            let _ = write!(text, " {name}={value}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::{
        common::v1::{AnyValue, InstrumentationScope, any_value::Value},
        logs::v1::{ResourceLogs, ScopeLogs},
        metrics::v1::{Gauge, Histogram, HistogramDataPoint, NumberDataPoint, ResourceMetrics, ScopeMetrics},
    };

    use super::*;

    fn attribute(key: &str, value: Value) -> KeyValue {
        KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), ..Default::default() }
    }

    #[test]
    fn a_log_record_is_a_line() {
        let record = LogRecord {
            time_unix_nano: 1_700_000_000_123_000_000,
            severity_number: 13,
            body: Some(AnyValue { value: Some(Value::StringValue("no\nstock".into())) }),
            attributes: vec![attribute("sku", Value::IntValue(7))],
            trace_id: vec![0x4b; 16],
            ..Default::default()
        };
        let scope = Some(InstrumentationScope { name: "shop".into(), ..Default::default() });
        let bare = LogRecord { observed_time_unix_nano: 1_000_000, ..Default::default() };
        let scope_logs = vec![ScopeLogs { scope, log_records: vec![record, bare], ..Default::default() }];
        let resource_logs = vec![ResourceLogs { scope_logs, ..Default::default() }];
        let request = ExportLogsServiceRequest { resource_logs };
        assert_eq!(
            logs(&request, Paint(false)),
            "22:13:20.123 WARN  shop: no stock sku=7 trace=4b4b4b4b\n00:00:00.001       shop:\n"
        );
        assert!(logs(&request, Paint(true)).contains("\u{1b}[33mWARN"));
    }

    #[test]
    fn a_data_point_is_a_line() {
        let gauge = Gauge {
            data_points: vec![
                NumberDataPoint {
                    attributes: vec![
                        attribute("a", Value::IntValue(1)),
                        attribute("b", Value::BoolValue(true)),
                    ],
                    value: Some(number_data_point::Value::AsDouble(0.5)),
                    ..Default::default()
                },
                NumberDataPoint::default(),
            ],
        };
        let point = HistogramDataPoint { count: 2, sum: Some(0.3), max: Some(0.2), ..Default::default() };
        let histogram = Histogram { data_points: vec![point], aggregation_temporality: 2 };
        let metric = |name: &str, data| Metric {
            name: name.into(),
            unit: "s".into(),
            data: Some(data),
            ..Default::default()
        };
        let metrics = vec![metric("g", Data::Gauge(gauge)), metric("h", Data::Histogram(histogram))];
        let scope_metrics = vec![ScopeMetrics { metrics, ..Default::default() }];
        let resource_metrics = vec![ResourceMetrics { scope_metrics, ..Default::default() }];
        let request = ExportMetricsServiceRequest { resource_metrics };
        assert_eq!(
            super::metrics(&request, Paint(false)),
            "g{a=1,b=true} 0.5 s\ng{} - s\nh{} count=2 sum=0.3 max=0.2 s\n"
        );
    }
}
