//! What is refused before anything is evaluated.

use otel_kit_core::semconv::attribute::{ALERT_NAME, EXCEPTION_FINGERPRINT, EXCEPTION_TYPE};

use super::{
    Comparison, Condition, ExceptionEvent, Exceptions, Expr, Matcher, Rule, RuleError, Selector,
    is_label_name,
};

impl Rule {
    /// Whether the rule makes sense. `Alerts::builder` asks too, for all rules.
    ///
    /// # Errors
    /// Names the first setting that does not, such as `expr.window`, and what helps.
    pub fn validate(&self) -> Result<(), RuleError> {
        if self.alert.is_empty() {
            return Err(RuleError::new("alert", "a rule without a name", "name it: HighErrorRatio"));
        }
        check_expr(&self.expr).map_err(|error| error.below("expr"))?;
        self.check_condition()?;
        for name in self.labels.keys() {
            check_label(name).map_err(|error| error.below("labels"))?;
        }
        let broken = self.annotations.keys().find(|name| !is_label_name(name));
        broken.map_or(Ok(()), |name| Err(not_a_name(name).below("annotations")))
    }

    fn check_condition(&self) -> Result<(), RuleError> {
        match (&self.condition, self.expr.condition()) {
            (None, None) => Err(RuleError::new("", "no threshold", "say above: 0.05, or another comparison")),
            (Some(condition), Some(_)) => {
                let path = word(condition.comparison);
                Err(RuleError::new(path, "the expression says itself when it alerts", "leave it out"))
            }
            (Some(condition), None) => check_thresholds(condition),
            (None, Some(_)) => Ok(()),
        }
    }
}

fn check_thresholds(condition: &Condition) -> Result<(), RuleError> {
    let Condition { comparison, threshold, resolve } = *condition;
    if threshold.is_nan() {
        return Err(RuleError::new(word(comparison), "the threshold is no number", "say 0.05"));
    }
    let Some(resolve) = resolve else { return Ok(()) };
    let is_beyond = match comparison {
        Comparison::Above | Comparison::AtLeast => resolve <= threshold,
        Comparison::Below | Comparison::AtMost => resolve >= threshold,
        Comparison::Equal | Comparison::NotEqual => false,
    };
    if is_beyond {
        return Ok(());
    }
    let remedy = "say a number on the good side of an above or below";
    Err(RuleError::new("resolve", format!("{resolve} does not lie beyond the threshold"), remedy))
}

fn check_expr(expr: &Expr) -> Result<(), RuleError> {
    for (name, window) in expr.windows() {
        if window.is_zero() {
            return Err(RuleError::new(name, "a window of no length has no measurements", "say 5m"));
        }
    }
    if let Some(selector) = expr.selector() {
        check_selector(selector)?;
    }
    match expr {
        Expr::Quantile { q, .. } if !(0.0..=1.0).contains(q) => {
            Err(RuleError::new("q", format!("{q} is no share"), "say 0.95"))
        }
        Expr::ErrorRatio { errors, .. } => check_errors(errors),
        Expr::BurnRate { errors, objective, factor, long, short, .. } => {
            check_errors(errors)?;
            check_budget(*objective, *factor)?;
            if short < long {
                return Ok(());
            }
            Err(RuleError::new("short", "the short window is not shorter than the long one", "say 5m and 1h"))
        }
        Expr::Exceptions(exceptions) => check_exceptions(exceptions),
        _ => Ok(()),
    }
}

fn check_budget(objective: f64, factor: f64) -> Result<(), RuleError> {
    if !(objective > 0.0 && objective < 1.0) {
        return Err(RuleError::new("objective", format!("{objective} leaves no budget"), "say 0.999"));
    }
    if !(factor > 0.0 && factor.is_finite()) {
        return Err(RuleError::new("factor", format!("{factor} is no rate"), "say 14.4"));
    }
    Ok(())
}

fn check_selector(selector: &Selector) -> Result<(), RuleError> {
    if selector.metric.is_empty() {
        return Err(RuleError::new("metric", "no metric", "name one: http.server.request.duration"));
    }
    check_matchers("matchers", &selector.matchers)?;
    if let Some(index) = selector.by.iter().flatten().position(String::is_empty) {
        return Err(RuleError::new(
            format!("by[{index}]"),
            "an attribute without a name",
            "name one: http.route",
        ));
    }
    if selector.max_series == 0 {
        return Err(RuleError::new("max_series", "no series is kept", "say 2000"));
    }
    Ok(())
}

fn check_errors(errors: &[Matcher]) -> Result<(), RuleError> {
    if errors.is_empty() {
        return Err(RuleError::new(
            "errors",
            "nothing counts as failed",
            "name what does: error.type != \"\"",
        ));
    }
    check_matchers("errors", errors)
}

fn check_matchers(list: &str, matchers: &[Matcher]) -> Result<(), RuleError> {
    for (index, matcher) in matchers.iter().enumerate() {
        matcher.test().map_err(|error| error.below(&format!("{list}[{index}]")))?;
    }
    Ok(())
}

fn check_exceptions(exceptions: &Exceptions) -> Result<(), RuleError> {
    check_matchers("matchers", &exceptions.matchers)?;
    let is_known = |matcher: &Matcher| EXCEPTION_LABELS.contains(&matcher.label.as_str());
    if let Some(index) = exceptions.matchers.iter().position(|matcher| !is_known(matcher)) {
        let path = format!("matchers[{index}].label");
        let remedy = format!("say one of {}", EXCEPTION_LABELS.join(", "));
        return Err(RuleError::new(path, "a group of exceptions has no such attribute", remedy));
    }
    match exceptions.event {
        ExceptionEvent::Regression { quiet, within } if within > quiet => {
            Err(RuleError::new("within", "longer than the quiet period", "say 1h, and quiet: 24h"))
        }
        _ => Ok(()),
    }
}

fn check_label(name: &str) -> Result<(), RuleError> {
    if !is_label_name(name) {
        return Err(not_a_name(name));
    }
    if name == ALERT_NAME {
        return Err(RuleError::new(name, "this label is the rule's name", "leave it out"));
    }
    Ok(())
}

fn not_a_name(name: &str) -> RuleError {
    let remedy = "write letters, digits and underscores: http_route";
    RuleError::new(name, "no name of a label", remedy)
}

fn word(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => "above",
        Comparison::AtLeast => "at_least",
        Comparison::Below => "below",
        Comparison::AtMost => "at_most",
        Comparison::Equal => "equal",
        Comparison::NotEqual => "not_equal",
    }
}

/// What groups of exceptions are told apart by: also one of the operations that they hit.
pub(crate) const OPERATION: &str = "operation";
const EXCEPTION_LABELS: [&str; 3] = [EXCEPTION_TYPE, EXCEPTION_FINGERPRINT, OPERATION];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn refused(rule: Rule, path: &str) {
        let error = rule.validate().expect_err(path);
        assert_eq!(error.path, path, "{error}");
        assert!(!error.message.is_empty() && !error.remedy.is_empty());
    }

    fn value() -> Rule {
        Rule::new("A", Expr::value("m")).above(1.0)
    }

    fn rule(expr: Expr) -> Rule {
        Rule::new("A", expr).above(1.0)
    }

    #[test]
    fn good_rules_pass() {
        value().validate().unwrap();
        value().until(0.5).label("severity", "page").annotation("summary", "x").validate().unwrap();
        for own in [
            Expr::absent("m", MINUTE),
            Expr::burn_rate("m", 0.999, 14.4, (60 * MINUTE, 5 * MINUTE)),
            Expr::new_exception(MINUTE),
            Expr::regression(2 * MINUTE, MINUTE),
        ] {
            Rule::new("A", own).validate().unwrap();
        }
    }

    #[test]
    fn what_is_wrong_with_an_expression_is_named_with_its_place() {
        let selector = || Selector::new("m");
        refused(rule(Expr::rate("m", Duration::ZERO)), "expr.window");
        refused(rule(Expr::value_over("m", crate::rule::Over::Max, Duration::ZERO)), "expr.window");
        refused(rule(Expr::quantile(95.0, "m", MINUTE)), "expr.q");
        refused(rule(Expr::quantile(f64::NAN, "m", MINUTE)), "expr.q");
        refused(rule(Expr::value("")), "expr.metric");
        refused(rule(Expr::value(selector().by([""]))), "expr.by[0]");
        refused(rule(Expr::value(selector().max_series(0))), "expr.max_series");
        refused(rule(Expr::value(selector().matching(Matcher::regex("a", "(")))), "expr.matchers[0].value");
        refused(rule(Expr::error_ratio("m", MINUTE).with_errors([])), "expr.errors");
        refused(
            rule(Expr::error_ratio("m", MINUTE).with_errors([Matcher::regex("a", "[")])),
            "expr.errors[0].value",
        );
        let windows = (60 * MINUTE, MINUTE);
        refused(Rule::new("A", Expr::burn_rate("m", 1.0, 14.4, windows)), "expr.objective");
        refused(Rule::new("A", Expr::burn_rate("m", 0.9, 0.0, windows)), "expr.factor");
        refused(Rule::new("A", Expr::burn_rate("m", 0.9, 1.0, (MINUTE, MINUTE))), "expr.short");
        refused(Rule::new("A", Expr::regression(MINUTE, 2 * MINUTE)), "expr.within");
        let route =
            Exceptions::new(ExceptionEvent::New { within: MINUTE }).matching(Matcher::equal("route", "/"));
        refused(Rule::new("A", Expr::Exceptions(route)), "expr.matchers[0].label");
    }

    #[test]
    fn what_is_wrong_with_the_rest_is_named_with_its_place() {
        refused(Rule::new("", Expr::value("m")).above(1.0), "alert");
        refused(Rule::new("A", Expr::value("m")), "");
        refused(Rule::new("A", Expr::absent("m", MINUTE)).below(1.0), "below");
        refused(Rule::new("A", Expr::value("m")).above(f64::NAN), "above");
        refused(value().until(2.0), "resolve");
        refused(Rule::new("A", Expr::value("m")).when(Comparison::Equal, 1.0).until(1.0), "resolve");
        refused(value().label("http.route", "x"), "labels.http.route");
        refused(value().label("alertname", "x"), "labels.alertname");
        refused(value().annotation("a b", "x"), "annotations.a b");
    }
}
