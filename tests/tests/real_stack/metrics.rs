//! From a number in Prometheus to the trace behind it, on both ways there: through the Collector and from the service.

use std::time::Duration;

use otel_kit_testing::received::{DataPoint, Received, ReceivedSpan};
use serde_json::Value;

use crate::{
    collector::Collector,
    prometheus::{self, Exemplar, Prometheus},
    service::free_ports,
    shop::Shop,
};

const QUICK: u8 = 9;
const DURATION: &str = "http_server_request_duration_seconds";
const ROUTE: &str = "/orders/{kind}";
const LISTEN: &str = "prometheus: {listen: '127.0.0.1:0'}";

/// Spans and metrics: each exporter of the Collector flushes on its own.
const ARRIVAL: Duration = Duration::from_secs(30);

/// How long a slow order takes at least, in seconds.
const SLOW: f64 = 0.12;

/// How promtool ends if it could read the text.
const WITH_REMARKS: i32 = 3;

#[tokio::test]
async fn prometheus_that_scrapes_the_collector_finds_the_trace_behind_a_slow_request() {
    let [port] = free_ports();
    let port = port.to_string();
    let collector = Collector::start_with(&["prometheus.yaml"], &[("COLLECTOR_PROMETHEUS_PORT", &port)]);
    let shop = Shop::start(&config(&collector, "interval: 100ms"));
    let prometheus = Prometheus::scraping(&format!("127.0.0.1:{port}"));
    shop.take_orders(QUICK).await;

    every_order_is_counted(&prometheus).await;
    numbers_lead_to_traces(&prometheus, &collector).await;
    let info = prometheus.series("target_info", |found| !found.is_empty()).await;
    // The Collector calls the service the job.
    assert!(info.iter().any(|(labels, _)| labels["exported_job"] == "shop"), "{info:?}");
}

#[tokio::test]
async fn prometheus_that_scrapes_the_service_finds_the_trace_behind_a_slow_request() {
    let collector = Collector::start();
    let shop = Shop::start(&config(&collector, LISTEN));
    let prometheus = Prometheus::scraping(shop.metrics.as_ref().unwrap());
    shop.take_orders(QUICK).await;

    every_order_is_counted(&prometheus).await;
    numbers_lead_to_traces(&prometheus, &collector).await;
    assert_eq!(prometheus.type_and_unit(DURATION).await, [("histogram".to_owned(), "seconds".to_owned())]);
    let info = prometheus.series("target_info", |found| !found.is_empty()).await;
    let [(labels, 1.0)] = &info[..] else { panic!("{info:?}") };
    assert_eq!(
        (&labels["service_name"], &labels["telemetry_distro_name"]),
        (&"shop".into(), &"otel-kit".into())
    );
}

#[tokio::test]
async fn promtool_reads_what_a_service_shows_and_minds_little() {
    let collector = Collector::start();
    let shop = Shop::start(&config(&collector, LISTEN));
    shop.take_orders(QUICK).await;
    let url = format!("http://{}/metrics", shop.metrics.as_ref().unwrap());
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(text.contains("\nshop_orders_total{"), "{text}");
    let checked = prometheus::check(&text);
    let remarks = String::from_utf8(checked.stderr).unwrap();
    assert!([Some(0), Some(WITH_REMARKS)].contains(&checked.status.code()), "{remarks}\n{text}");
    assert_eq!(remarks.lines().filter(|line| !is_by_convention(line)).collect::<Vec<_>>(), [""; 0], "{text}");
}

#[tokio::test]
#[ignore = "needs the Collector of scripts/collector/builder-full.yaml"]
async fn a_collector_that_scrapes_the_service_finds_the_trace_behind_a_slow_request() {
    let [port] = free_ports();
    let address = format!("127.0.0.1:{port}");
    let collector = Collector::start_with(&["scrape.yaml"], &[("COLLECTOR_SCRAPES", &address)]);
    let shop = Shop::start(&config(&collector, &format!("prometheus: {{listen: '{address}'}}")));
    shop.take_orders(QUICK).await;

    let received = collector.wait_for(ARRIVAL, |received| {
        received.spans().len() > usize::from(QUICK)
            && durations(received).is_some_and(|it| it.count > u64::from(QUICK))
    });
    let (slow, durations) = (slow_order(&received), durations(&received).unwrap());
    assert_eq!(durations.count, u64::from(QUICK + 1));
    assert_eq!(durations.attr("http_route"), ROUTE);
    let exemplar = durations.exemplars.iter().find(|exemplar| exemplar.trace_id == slow.trace_id);
    let exemplar = exemplar.unwrap_or_else(|| panic!("none of {slow:?}: {durations:?}"));
    assert_eq!(exemplar.span_id, slow.span_id);
    assert!(exemplar.value.as_f64().is_some_and(|seconds| seconds >= SLOW), "{exemplar:?}");
    let orders = received.metric("shop_orders_total").unwrap();
    assert_eq!(orders.resource.attr("telemetry_distro_name"), "otel-kit");
}

#[tokio::test]
#[ignore = "needs the Prometheus of scripts/prometheus/build.sh"]
async fn prometheus_that_takes_otlp_finds_the_trace_behind_a_slow_request() {
    let collector = Collector::start();
    let prometheus = Prometheus::scraping_nothing();
    let metrics = format!("{}/api/v1/otlp/v1/metrics", prometheus.address());
    let config = format!(
        "service: {{name: shop}}\nmetrics: {{interval: 100ms}}\n\
         export: {{endpoint: '{}', metrics: {{endpoint: '{metrics}'}}}}\n",
        collector.http_endpoint()
    );
    let shop = Shop::start(&config);
    shop.take_orders(QUICK).await;

    every_order_is_counted(&prometheus).await;
    numbers_lead_to_traces(&prometheus, &collector).await;
}

/// The last that came.
fn durations(received: &Received) -> Option<&DataPoint> {
    received.metrics().iter().rev().find(|metric| metric.name == DURATION)?.points.first()
}

/// The conventions have names that end in `count`.
fn is_by_convention(remark: &str) -> bool {
    remark.ends_with("should not have \"_count\" suffix")
}

fn config(collector: &Collector, metrics: &str) -> String {
    let endpoint = collector.http_endpoint();
    format!("service: {{name: shop}}\nexport: {{endpoint: '{endpoint}'}}\nmetrics: {{{metrics}}}\n")
}

async fn every_order_is_counted(prometheus: &Prometheus) {
    let all =
        |found: &[(Value, f64)]| found.iter().map(|(_, value)| value).sum::<f64>() >= f64::from(QUICK + 1);
    let requests = prometheus.series(&format!("{DURATION}_count"), all).await;
    let [(labels, count)] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(*count, f64::from(QUICK + 1));
    assert_eq!(labels["http_route"], ROUTE);
    assert_eq!(
        (&labels["http_request_method"], &labels["http_response_status_code"]),
        (&"GET".into(), &"200".into())
    );
    assert_eq!(labels["otel_scope_name"], "otel-kit-axum");

    let orders = prometheus.series("shop_orders_total", all).await;
    let of =
        |kind| orders.iter().find(|(labels, _)| labels["shop_order_kind"] == kind).map(|(_, value)| *value);
    assert_eq!((orders.len(), of("quick"), of("slow")), (2, Some(f64::from(QUICK)), Some(1.0)), "{orders:?}");
}

async fn numbers_lead_to_traces(prometheus: &Prometheus, collector: &Collector) {
    let received = collector.wait_for(ARRIVAL, |received| received.spans().len() > usize::from(QUICK));
    let slow = slow_order(&received);

    let bucket = format!("{DURATION}_bucket");
    let durations = prometheus.exemplars(&bucket, |found| found.iter().any(|it| is_of(it, slow))).await;
    let exemplar = exemplar_of(&durations, slow);
    assert!(
        exemplar.value >= SLOW && exemplar.value <= prometheus::number(&exemplar.series["le"]),
        "{exemplar:?}"
    );
    assert_eq!(exemplar.series["http_route"], ROUTE);

    let orders = prometheus.exemplars("shop_orders_total", |found| found.len() > 1).await;
    let exemplar = exemplar_of(&orders, slow);
    assert_eq!((&exemplar.series["shop_order_kind"], exemplar.value), (&"slow".into(), 1.0));

    let traces = received.trace_ids();
    for exemplar in durations.iter().chain(&orders) {
        assert!(traces.contains(&&*exemplar.trace_id), "{exemplar:?}");
    }
}

fn slow_order(received: &Received) -> &ReceivedSpan {
    let slow = received.spans().iter().find(|span| span.attr("url.path") == "/orders/slow");
    slow.unwrap_or_else(|| panic!("no slow order: {received:?}"))
}

fn exemplar_of<'a>(exemplars: &'a [Exemplar], span: &ReceivedSpan) -> &'a Exemplar {
    let found = exemplars.iter().find(|exemplar| is_of(exemplar, span));
    found.unwrap_or_else(|| panic!("none of {span:?}: {exemplars:?}"))
}

fn is_of(exemplar: &Exemplar, span: &ReceivedSpan) -> bool {
    (&exemplar.trace_id, &exemplar.span_id) == (&span.trace_id, &span.span_id)
}
