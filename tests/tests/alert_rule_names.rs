//! Rules that are exported for Prometheus name metrics and labels as the kit's endpoint does.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests")]

use std::{fs, path::Path, time::SystemTime};

use opentelemetry::{InstrumentationScope, KeyValue};
use otel_kit_alerts::{
    rule::{Expr, Instrument, Matcher, Rule, Selector},
    to_prometheus,
};
use otel_kit_core::metrics::{
    Data, HistogramPoint, Metric, Number, NumberPoint, ScopeMetrics, Snapshot, Temporality,
};
use otel_kit_prometheus::{Encoder, Format};

/// The series of a metric as the endpoint shows them, without their labels; the only one if it is no histogram.
fn exposed(name: &str, unit: &str, instrument: Instrument, attribute: &str) -> Vec<String> {
    let attributes = vec![KeyValue::new(attribute.to_owned(), "x")];
    let point = NumberPoint::new(attributes.clone(), Number::Int(1));
    let temporality = Temporality::Cumulative;
    let data = match instrument {
        Instrument::Counter => Data::Sum { points: vec![point], is_monotonic: true, temporality },
        Instrument::Gauge => Data::Gauge(vec![point]),
        _ => {
            let (bounds, counts) = (vec![1.0], vec![1, 0]);
            let point = HistogramPoint { attributes, count: 1, bounds, counts, ..HistogramPoint::default() };
            Data::Histogram { points: vec![point], temporality }
        }
    };
    let time = SystemTime::now();
    let (name, unit) = (name.to_owned().into(), unit.to_owned().into());
    let metric = Metric { name, unit, description: "".into(), start: time, time, data };
    let scope = InstrumentationScope::builder("").build();
    let scopes = vec![ScopeMetrics { scope, metrics: vec![metric] }];
    let snapshot = Snapshot { time, resource: vec![], resource_schema_url: None, scopes };
    let text = Encoder::new().encode(&snapshot, Format::Text);
    let series = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("target_info"));
    series.map(|line| line.split_once('}').unwrap().0.to_owned()).collect()
}

/// Name and labels of the one series that an exported rule looks at.
fn named(selector: Selector, instrument: Instrument) -> String {
    let expr = match instrument {
        Instrument::Histogram => Expr::increase(selector, std::time::Duration::from_secs(60)),
        _ => Expr::value(selector),
    };
    let file = to_prometheus(&[Rule::new("A", expr).above(0.0)]);
    let line = file.lines().find_map(|line| line.trim().strip_prefix("expr: ")).unwrap();
    let line: String = serde_json::from_str(line).unwrap();
    let line = line.strip_prefix("increase(").unwrap_or(&line);
    line.split_once('}').map_or(line, |(series, _)| series).to_owned()
}

const INSTRUMENTS: [Instrument; 3] = [Instrument::Counter, Instrument::Gauge, Instrument::Histogram];

#[test]
fn metrics_with_any_name_and_unit_have_one_name_here_and_there() {
    let names = [
        "shop.orders",
        "shop.orders_total",
        "shop.cpu.total",
        "a..b__c-d",
        "3rd.party",
        "größe",
        "_total",
        "bytes.read",
        "read_bytes",
        "bytes",
        "kilobytes",
        "job:requests:rate",
        "load%",
        "x_",
        "Ünï.Code",
        "seconds",
    ];
    let units = [
        "",
        "1",
        "s",
        "ms",
        "By",
        "KiBy",
        "%",
        "{order}",
        "By/s",
        "{request}/s",
        "m/s",
        "1/s",
        "By{transmitted}",
        "kg",
        "mol/dm^3",
        "{unfinished",
        "/",
        "1/1",
        "Cel",
        "min",
        "By/min",
        "m/m",
        "TBy",
    ];
    for (name, unit) in names.iter().flat_map(|name| units.iter().map(move |unit| (*name, *unit))) {
        for instrument in INSTRUMENTS {
            let selector =
                Selector::new(name).matching(Matcher::equal("a", "x")).measured_with(instrument, unit);
            let exposed = exposed(name, unit, instrument, "a");
            let named = named(selector, instrument);
            assert!(exposed.contains(&named), "{name} in {unit}: {named} is not one of {exposed:?}");
        }
    }
}

#[test]
fn attributes_with_any_name_have_one_name_here_and_there() {
    for attribute in ["http.route", "a:b", "__name__", "1st", "日本", "plain", "a..b", "a b", "_", "A-B"] {
        let selector = Selector::new("m").matching(Matcher::equal(attribute, "x"));
        let exposed = exposed("m", "", Instrument::Gauge, attribute);
        assert_eq!(exposed, [named(selector, Instrument::Gauge)], "{attribute}");
    }
}

#[test]
fn units_and_instruments_of_the_kits_own_metrics_are_known() {
    let known = documented();
    assert!(known.len() > 50, "where have the tables gone? {known:?}");
    for (name, instrument, unit) in known {
        let exposed = exposed(&name, &unit, instrument, "a");
        let named = named(Selector::new(name.as_str()).matching(Matcher::equal("a", "x")), Instrument::Gauge);
        assert!(exposed.contains(&named), "{named} is not one of {exposed:?}");
    }
}

/// Metrics in the tables of `docs/emitted.md`: name, instrument, unit.
fn documented() -> Vec<(String, Instrument, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/emitted.md");
    let text = fs::read_to_string(path).unwrap();
    let (mut found, mut unit_cell) = (Vec::new(), None);
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if !line.starts_with("| ") {
            unit_cell = unit_cell.filter(|_| line.starts_with("|--"));
        } else if cells[1] == "metric" {
            unit_cell = Some(if cells[2].ends_with("unit") { 2 } else { 3 });
        } else if let Some(unit) = unit_cell {
            let instrument = match cells[2] {
                kind if kind.starts_with("histogram") => Instrument::Histogram,
                kind if kind.contains("counter") && !kind.contains("up-down") => Instrument::Counter,
                _ => Instrument::Gauge,
            };
            let unit = quoted(cells[unit]).next().unwrap_or_default();
            found.extend(quoted(cells[1]).map(|name| (name.to_owned(), instrument, unit.to_owned())));
        }
    }
    found
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}
