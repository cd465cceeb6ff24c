use std::time::Duration;

use otel_kit_alerts::rule::{ExceptionEvent, Exceptions, Expr, Matcher, Over, Selector};
use otel_kit_core::semconv::metric::HTTP_SERVER_REQUEST_DURATION;

use super::matcher::matchers;
use crate::config::{
    alerts::{
        PartialBurnRate, PartialErrorRatio, PartialExceptionCount, PartialExpr, PartialNewException,
        PartialQuantile, PartialRegression, PartialValue, PartialWindowed,
    },
    choice::{Choice, named},
    error::Problem,
};

/// The one that is written.
pub(super) fn expr(written: &PartialExpr) -> Result<Expr, Problem> {
    let windowed =
        |name: &'static str, written: &Option<PartialWindowed>, make: fn(Selector, Duration) -> Expr| {
            let made = written.as_ref().map(|written| {
                let selector = selector(&written.metric, &written.matchers, &written.by)?;
                Ok(make(selector, required(written.window, "window", "5m")?))
            });
            (name, made)
        };
    let all = [
        ("value", written.value.as_ref().map(value)),
        windowed("rate", &written.rate, Expr::rate),
        windowed("increase", &written.increase, Expr::increase),
        ("error_ratio", written.error_ratio.as_ref().map(error_ratio)),
        ("quantile", written.quantile.as_ref().map(quantile)),
        windowed("average", &written.average, Expr::average),
        windowed("absent", &written.absent, Expr::absent),
        ("burn_rate", written.burn_rate.as_ref().map(burn_rate)),
        ("exceptions", written.exceptions.as_ref().map(exceptions)),
        ("new_exception", written.new_exception.as_ref().map(new_exception)),
        ("regression", written.regression.as_ref().map(regression)),
    ];
    let names = all.each_ref().map(|(name, _)| *name).join(", ");
    let mut given = all.into_iter().filter_map(|(name, made)| Some((name, made?)));
    let one = format!("write exactly one of {names}");
    let (name, made) = given.next().ok_or_else(|| Problem::new("there is no expression", &one))?;
    match given.next() {
        Some((other, _)) => Err(Problem::new(format_args!("there are both {name} and {other}"), one)),
        None => made.map_err(|problem: Problem| problem.at_name(name)),
    }
}

fn value(written: &PartialValue) -> Result<Expr, Problem> {
    let selector = selector(&written.metric, &written.matchers, &written.by)?;
    let over = written.over.as_deref().map_or(Ok(Over::Last), named);
    let over = over.map_err(|problem| problem.at_name("over"))?;
    Ok(match over {
        Over::Last => Expr::value_over(selector, over, written.window.unwrap_or_default()),
        _ => Expr::value_over(selector, over, required(written.window, "window", "5m")?),
    })
}

fn error_ratio(written: &PartialErrorRatio) -> Result<Expr, Problem> {
    let selector = selector(&written.metric, &written.matchers, &written.by)?;
    with_errors(Expr::error_ratio(selector, required(written.window, "window", "5m")?), &written.errors)
}

fn quantile(written: &PartialQuantile) -> Result<Expr, Problem> {
    let selector = selector(&written.metric, &written.matchers, &written.by)?;
    Ok(Expr::quantile(required(written.q, "q", "0.95")?, selector, required(written.window, "window", "5m")?))
}

fn burn_rate(written: &PartialBurnRate) -> Result<Expr, Problem> {
    let selector = selector(&written.metric, &written.matchers, &written.by)?;
    let objective = required(written.objective, "objective", "0.999")?;
    let factor = required(written.factor, "factor", "14.4")?;
    let windows = (required(written.long, "long", "1h")?, required(written.short, "short", "5m")?);
    with_errors(Expr::burn_rate(selector, objective, factor, windows), &written.errors)
}

fn exceptions(written: &PartialExceptionCount) -> Result<Expr, Problem> {
    let window = required(written.window, "window", "5m")?;
    of_exceptions(ExceptionEvent::Count { window }, &written.matchers)
}

fn new_exception(written: &PartialNewException) -> Result<Expr, Problem> {
    let within = required(written.within, "within", "10m")?;
    of_exceptions(ExceptionEvent::New { within }, &written.matchers)
}

fn regression(written: &PartialRegression) -> Result<Expr, Problem> {
    let (quiet, within) =
        (required(written.quiet, "quiet", "24h")?, required(written.within, "within", "10m")?);
    of_exceptions(ExceptionEvent::Regression { quiet, within }, &written.matchers)
}

fn of_exceptions(event: ExceptionEvent, written: &Option<Vec<String>>) -> Result<Expr, Problem> {
    let mut exceptions = Exceptions::new(event);
    exceptions.matchers = parsed(written, "match")?;
    Ok(Expr::Exceptions(exceptions))
}

fn with_errors(expr: Expr, written: &Option<Vec<String>>) -> Result<Expr, Problem> {
    match written {
        Some(_) => Ok(expr.with_errors(parsed(written, "errors")?)),
        None => Ok(expr),
    }
}

fn selector(
    metric: &Option<String>,
    written: &Option<Vec<String>>,
    by: &Option<Vec<String>>,
) -> Result<Selector, Problem> {
    let mut selector = Selector::new(required(metric.clone(), "metric", HTTP_SERVER_REQUEST_DURATION)?);
    selector.matchers = parsed(written, "match")?;
    selector.by.clone_from(by);
    Ok(selector)
}

fn parsed(written: &Option<Vec<String>>, name: &str) -> Result<Vec<Matcher>, Problem> {
    matchers(written.as_deref().unwrap_or_default()).map_err(|problem| problem.at_name(name))
}

fn required<T>(value: Option<T>, name: &str, example: &str) -> Result<T, Problem> {
    value.ok_or_else(|| {
        Problem::new(format_args!("`{name}` is missing"), format_args!("write one such as {example}"))
    })
}

impl Choice for Over {
    const NAMES: &'static [(&'static str, Self)] =
        &[("last", Self::Last), ("min", Self::Min), ("max", Self::Max), ("avg", Self::Avg)];
}
