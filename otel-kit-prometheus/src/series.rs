//! The series of a family.

use std::time::SystemTime;

use opentelemetry::KeyValue;
use otel_kit_core::metrics::{Data, ExponentialPoint, HistogramPoint, Metric, Number, NumberPoint};

use crate::{
    Encoder, Format, exemplar, exponential,
    family::{CREATED, Family, Kind},
    histogram::{self, Bounds},
    labels,
    lines::Lines,
    losses::{Losses, Reason},
    name::TOTAL,
    number,
};

struct Series<'a> {
    labels: String,
    point: Point<'a>,
    metric: &'a Metric,
}

#[derive(Clone, Copy)]
enum Point<'a> {
    Number(&'a NumberPoint),
    Histogram(&'a HistogramPoint),
    Exponential(&'a ExponentialPoint),
}

/// Writes the family with all its series, sorted by their labels.
pub(crate) fn write(
    out: &mut String,
    (name, family): (&str, &Family<'_>),
    (encoder, format): (&Encoder, Format),
    losses: &mut Losses,
) {
    let mut lines = Lines::new(out, name, format);
    let suffix = if family.kind == Kind::Counter { TOTAL } else { "" };
    lines.head(suffix, family.kind.word(), family.help, family.unit.as_deref());
    let mut all = collect(family, encoder.has_scope_labels());
    all.sort_by(|a, b| a.labels.cmp(&b.labels));
    let mut bounds = Bounds::default();
    let mut last: Option<&str> = None;
    for series in &all {
        if last == Some(&series.labels) {
            losses.add(Reason::Duplicate, &series.metric.name, 1);
            continue;
        }
        last = Some(&series.labels);
        match series.point {
            Point::Number(point) if family.kind == Kind::Counter => {
                if !is_count(point.value) {
                    losses.add(Reason::NotACount, &series.metric.name, 1);
                    continue;
                }
                counter(&mut lines, &series.labels, point);
            }
            Point::Number(point) => lines.sample("", &series.labels, |out| number::write(out, point.value)),
            Point::Histogram(point) => histogram::write(&mut lines, &mut bounds, &series.labels, point),
            Point::Exponential(point) => {
                histogram::write(&mut lines, &mut bounds, &series.labels, &exponential::classic(point));
            }
        }
        if format == Format::OpenMetrics && family.kind != Kind::Gauge && encoder.has_created() {
            created(&mut lines, &series.labels, series.metric.start);
        }
    }
}

fn is_count(value: Number) -> bool {
    match value {
        Number::Int(value) => value >= 0,
        Number::Double(value) => value >= 0.0,
    }
}

fn counter(lines: &mut Lines<'_>, labels: &str, point: &NumberPoint) {
    let exemplars = if lines.has_exemplars() { point.exemplars.as_slice() } else { &[] };
    let latest = exemplars.iter().max_by_key(|exemplar| exemplar.time);
    lines.sample(TOTAL, labels, |out| {
        number::write(out, point.value);
        if let Some(latest) = latest {
            exemplar::write(out, latest);
        }
    });
}

fn created(lines: &mut Lines<'_>, labels: &str, start: SystemTime) {
    if start >= SystemTime::UNIX_EPOCH {
        lines.sample(CREATED, labels, |out| exemplar::write_seconds(out, "", start));
    }
}

fn collect<'a>(family: &Family<'a>, scope_labels: bool) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'a>> = Vec::new();
    for &(scope, metric) in &family.parts {
        let scope = if scope_labels { labels::of_scope(scope) } else { Vec::new() };
        let is_histogram = family.kind == Kind::Histogram;
        let mut add = |attributes: &'a [KeyValue], point| {
            let length = all.last().map_or(0, |series| series.labels.len() + SPARE);
            let labels = labels::of_series(attributes, &scope, is_histogram, length);
            all.push(Series { labels, point, metric });
        };
        match &metric.data {
            Data::Gauge(points) | Data::Sum { points, .. } => {
                points.iter().for_each(|point| add(&point.attributes, Point::Number(point)));
            }
            Data::Histogram { points, .. } => {
                points.iter().for_each(|point| add(&point.attributes, Point::Histogram(point)));
            }
            Data::ExponentialHistogram { points, .. } => {
                points.iter().for_each(|point| add(&point.attributes, Point::Exponential(point)));
            }
        }
    }
    all
}

/// Labels are mostly about as long as those before.
const SPARE: usize = 16;
