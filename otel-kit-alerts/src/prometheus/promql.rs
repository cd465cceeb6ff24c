//! Expressions in [PromQL](https://prometheus.io/docs/prometheus/latest/querying/basics/).

use std::{fmt::Write, time::Duration};

use otel_kit_core::semconv::{
    attribute::{EXCEPTION_FINGERPRINT, EXCEPTION_TYPE},
    metric::OTEL_KIT_EXCEPTIONS,
};

use super::family::Family;
use crate::{
    rule::{
        Condition, ExceptionEvent, Exceptions, Expr, Instrument, Matcher, OPERATION, Over, Rule, Selector,
    },
    series::label_name,
};

/// The rule's expression and condition.
pub(super) fn of_rule(rule: &Rule) -> String {
    let offset = rule.query_offset;
    let (expr, enough) = match &rule.expr {
        Expr::BurnRate { selector, errors, objective, factor, long, short } => {
            let burns = |window: &Duration| {
                let ratio = ratio(&Series::counted(selector, offset), errors, *window);
                format!("({ratio}) / (1 - {objective}) > {factor}")
            };
            return format!("{} and {}", burns(long), burns(short));
        }
        Expr::Exceptions(exceptions) => return of_exceptions(exceptions, rule.condition, offset),
        Expr::Absent { selector, window } => {
            let series = Series::new(selector, Instrument::Gauge, offset);
            return format!("absent_over_time({})", series.range(&series.family.counts(), *window));
        }
        Expr::ErrorRatio { selector, errors, window, min_count } => {
            let series = Series::counted(selector, offset);
            (ratio(&series, errors, *window), enough(*min_count, || series.all(&series.increase(*window))))
        }
        Expr::Quantile { selector, q, window, min_count } => {
            let series = Series::new(selector, Instrument::Histogram, offset);
            let range = format!("rate({})", series.range(&series.family.buckets(), *window));
            let summed = series.summed_by("sum", &range, &["le"]);
            (
                format!("histogram_quantile({q}, {summed})"),
                enough(*min_count, || series.summed("sum", &series.increase(*window))),
            )
        }
        other => (plain(other, offset), None),
    };
    let compared = rule.condition.map_or(expr.clone(), |condition| compared(&expr, condition));
    match enough {
        None => compared,
        Some(enough) => format!("{compared} and {enough}"),
    }
}

/// What of the rule PromQL has no word for.
pub(super) fn left_out(rule: &Rule) -> Vec<&'static str> {
    let by_operation = matches!(&rule.expr, Expr::Exceptions(Exceptions { matchers, .. })
        if matchers.iter().any(|matcher| matcher.label == OPERATION));
    let resolve = rule.condition.is_some_and(|condition| condition.resolve.is_some());
    let parts = [(resolve, "resolve"), (by_operation, "matchers for the operation")];
    parts.into_iter().filter_map(|(is_there, part)| is_there.then_some(part)).collect()
}

/// The series of a metric.
struct Series<'a> {
    family: Family,
    selector: &'a Selector,
    offset: Duration,
}

impl<'a> Series<'a> {
    fn new(selector: &'a Selector, usual: Instrument, offset: Duration) -> Self {
        Self { family: Family::of(selector, usual), selector, offset }
    }

    /// Of what is counted: durations are histograms.
    fn counted(selector: &'a Selector, offset: Duration) -> Self {
        let usual = if selector.unit.is_empty() { Instrument::Counter } else { Instrument::Histogram };
        Self::new(selector, usual, offset)
    }

    fn range(&self, name: &str, window: Duration) -> String {
        self.range_of(name, None, window)
    }

    fn range_of(&self, name: &str, further: Option<&Matcher>, window: Duration) -> String {
        let matchers = self.selector.matchers.iter().chain(further);
        format!("{name}{}[{}]{}", braces(matchers), duration(window), offset(self.offset))
    }

    fn now(&self, name: &str) -> String {
        format!("{name}{}{}", braces(&self.selector.matchers), offset(self.offset))
    }

    fn increase(&self, window: Duration) -> String {
        format!("increase({})", self.range(&self.family.counts(), window))
    }

    /// As [`summed`](Self::summed), but all in one if no attributes are named.
    fn all(&self, expr: &str) -> String {
        if self.selector.by.is_some() { self.summed("sum", expr) } else { format!("sum({expr})") }
    }

    /// All in one of those that agree in the attributes that tell alerts apart.
    fn summed(&self, how: &str, expr: &str) -> String {
        self.summed_by(how, expr, &[])
    }

    fn summed_by(&self, how: &str, expr: &str, further: &[&str]) -> String {
        let Some(by) = &self.selector.by else { return expr.to_owned() };
        let names = by.iter().map(|name| label_name(name)).chain(further.iter().map(|name| (*name).into()));
        let names: Vec<_> = names.collect();
        if names.is_empty() {
            format!("{how}({expr})")
        } else {
            format!("{how} by ({}) ({expr})", names.join(", "))
        }
    }
}

fn plain(expr: &Expr, offset: Duration) -> String {
    match expr {
        Expr::Value { selector, over, window } => {
            let series = Series::new(selector, Instrument::Gauge, offset);
            let name = series.family.counts();
            let (how, function) = match over {
                Over::Last if window.is_zero() => return series.summed("sum", &series.now(&name)),
                Over::Last => ("sum", "last_over_time"),
                Over::Min => ("min", "min_over_time"),
                Over::Max => ("max", "max_over_time"),
                Over::Avg => ("avg", "avg_over_time"),
            };
            series.summed(how, &format!("{function}({})", series.range(&name, *window)))
        }
        Expr::Increase { selector, window } => {
            growth("increase", &Series::counted(selector, offset), *window)
        }
        Expr::Rate { selector, window } => growth("rate", &Series::counted(selector, offset), *window),
        Expr::Average { selector, window } => {
            let series = Series::new(selector, Instrument::Histogram, offset);
            let of = |name: &str| series.summed("sum", &format!("rate({})", series.range(name, *window)));
            format!("{} / ({} > 0)", of(&series.family.sums()), of(&series.family.counts()))
        }
        _ => String::new(),
    }
}

fn growth(function: &str, series: &Series<'_>, window: Duration) -> String {
    series.summed("sum", &format!("{function}({})", series.range(&series.family.counts(), window)))
}

/// Zero where there are no failures, nothing where there is nothing.
fn ratio(series: &Series<'_>, errors: &[Matcher], window: Duration) -> String {
    let name = series.family.counts();
    let one = |matcher| format!("rate({})", series.range_of(&name, Some(matcher), window));
    let failed = errors.iter().map(one).collect::<Vec<_>>().join(" or ");
    let all = series.all(&format!("rate({})", series.range(&name, window)));
    format!("({} or {all} * 0) / ({all} > 0)", series.all(&failed))
}

fn enough(min_count: u64, count: impl Fn() -> String) -> Option<String> {
    (min_count > 0).then(|| format!("{} >= {min_count}", count()))
}

fn of_exceptions(exceptions: &Exceptions, condition: Option<Condition>, since: Duration) -> String {
    let by = [EXCEPTION_TYPE, EXCEPTION_FINGERPRINT].map(label_name).join(", ");
    let matchers = || exceptions.matchers.iter().filter(|matcher| matcher.label != OPERATION);
    let selector = Selector::new(OTEL_KIT_EXCEPTIONS);
    let name = format!("{}{}", Family::of(&selector, Instrument::Counter).counts(), braces(matchers()));
    let now = |back: Duration| format!("sum by ({by}) ({name}{})", offset(back));
    let increase = |window: Duration, back: Duration| {
        format!("sum by ({by}) (increase({name}[{}]{}))", duration(window), offset(back))
    };
    match exceptions.event {
        ExceptionEvent::Count { window } => {
            let increase = increase(window, since);
            condition.map_or(increase.clone(), |condition| compared(&increase, condition))
        }
        ExceptionEvent::New { within } => format!("{} > 0 unless {}", now(since), now(since + within)),
        ExceptionEvent::Regression { quiet, within } => format!(
            "({} > 0 and {}) unless {} > 0",
            increase(within, since),
            now(since + within + quiet),
            increase(quiet, since + within)
        ),
    }
}

fn compared(expr: &str, condition: Condition) -> String {
    format!("{expr} {} {}", condition.comparison.operator(), condition.threshold)
}

fn braces<'a>(matchers: impl IntoIterator<Item = &'a Matcher>) -> String {
    let mut out = String::new();
    for matcher in matchers {
        let separator = if out.is_empty() { "{" } else { "," };
        let value = matcher.value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(out, "{separator}{}{}\"{value}\"", label_name(&matcher.label), matcher.op.operator());
    }
    if !out.is_empty() {
        out.push('}');
    }
    out
}

fn offset(back: Duration) -> String {
    if back.is_zero() { String::new() } else { format!(" offset {}", duration(back)) }
}

/// `1h30m`.
pub(super) fn duration(duration: Duration) -> String {
    let mut left = duration.as_millis();
    if left == 0 {
        return "0s".to_owned();
    }
    let mut out = String::new();
    for (unit, millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if left >= millis {
            let _ = write!(out, "{}{unit}", left / millis);
            left %= millis;
        }
    }
    out
}
