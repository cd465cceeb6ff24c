use std::{
    collections::BTreeMap,
    time::{Duration, UNIX_EPOCH},
};

use opentelemetry::{SpanId, TraceId};

use super::{Notification, NotifiedAlert, Reason, Status, notification::common};

/// An alert that fires and one that is over.
pub(crate) fn example() -> Notification {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let start = UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    let trace = TraceId::from_hex("4bf92f3577b34da6a3ce929d0e0e4736").unwrap();
    let url = format!("https://jaeger.example/trace/{trace}");
    let firing = NotifiedAlert {
        status: Status::Firing,
        labels: map(&[("alertname", "HighErrorRatio"), ("http_route", "/orders"), ("severity", "page")]),
        annotations: map(&[
            ("summary", "12 % of POST /orders fail"),
            ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("trace_url", &url),
        ]),
        starts_at: start,
        ends_at: None,
        expires_at: start + Duration::from_secs(240),
        generator_url: url.clone(),
        fingerprint: "0123456789abcdef".into(),
        value: Some(0.12),
        exemplar: Some((trace, SpanId::from_hex("00f067aa0ba902b7").unwrap())),
        trace_url: Some(url),
    };
    let resolved = NotifiedAlert {
        status: Status::Resolved,
        labels: map(&[("alertname", "HighErrorRatio"), ("http_route", "/carts"), ("severity", "page")]),
        annotations: BTreeMap::new(),
        ends_at: Some(start + Duration::from_secs(300)),
        generator_url: "https://orders.example".into(),
        fingerprint: "fedcba9876543210".into(),
        value: Some(0.01),
        exemplar: None,
        trace_url: None,
        ..firing.clone()
    };
    let alerts = vec![firing, resolved];
    Notification {
        receiver: "ops".into(),
        group_key: r#"{}:{alertname="HighErrorRatio"}"#.into(),
        group_labels: map(&[("alertname", "HighErrorRatio")]),
        common_labels: common(alerts.iter().map(|alert| &alert.labels)),
        common_annotations: common(alerts.iter().map(|alert| &alert.annotations)),
        external_url: "https://orders.example".into(),
        reason: Reason::FirstNotification,
        at: start + Duration::from_secs(330),
        alerts,
    }
}
