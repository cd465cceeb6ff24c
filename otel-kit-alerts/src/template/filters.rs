//! Numbers for people: the functions of
//! [Prometheus's templates](https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#numbers),
//! and `number`.

use minijinja::Environment;

/// `number`, `humanize`, `humanizePercentage` and `humanizeDuration`.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("number", four_digits);
    environment.add_filter("humanize", humanize);
    environment.add_filter("humanizePercentage", |value: f64| format!("{}%", four_digits(value * 100.0)));
    environment.add_filter("humanizeDuration", duration);
}

/// With a metric prefix: `1.234k`.
fn humanize(value: f64) -> String {
    let (value, prefix) = prefixed(value, &LARGE);
    format!("{}{prefix}", four_digits(value))
}

/// Of seconds: `1h 2m 3s`, `1.5s`, `20ms`.
fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return four_digits(seconds);
    }
    if seconds.abs() < 60.0 {
        let (value, prefix) = prefixed(seconds, &[]);
        return format!("{}{prefix}s", four_digits(value));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let whole = std::time::Duration::try_from_secs_f64(seconds.abs()).unwrap_or_default().as_secs();
    let (minutes, seconds) = (whole / 60, whole % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (days, hours) = (hours / 24, hours % 24);
    match (days, hours) {
        (0, 0) => format!("{sign}{minutes}m {seconds}s"),
        (0, _) => format!("{sign}{hours}h {minutes}m {seconds}s"),
        _ => format!("{sign}{days}d {hours}h {minutes}m {seconds}s"),
    }
}

fn prefixed(mut value: f64, large: &[&'static str]) -> (f64, &'static str) {
    let mut prefix = "";
    if value == 0.0 || !value.is_finite() {
        return (value, prefix);
    }
    let is_large = value.abs() >= 1.0;
    for next in if is_large { large } else { &SMALL } {
        if is_large && value.abs() < 1000.0 || !is_large && value.abs() >= 1.0 {
            break;
        }
        value = if is_large { value / 1000.0 } else { value * 1000.0 };
        prefix = next;
    }
    (value, prefix)
}

/// As C writes `%.4g`.
fn four_digits(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN".to_owned()
        } else {
            format!("{}Inf", if value > 0.0 { "+" } else { "-" })
        };
    }
    let scientific = format!("{value:.3e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>().unwrap_or_default() {
        exponent @ -4..4 => {
            let decimals = usize::try_from(3 - exponent).unwrap_or_default();
            trimmed(&format!("{value:.decimals$}")).to_owned()
        }
        exponent => {
            format!("{}e{}{:02}", trimmed(digits), if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
    }
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_writes_them() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (1234.5678, "1.235k"),
            (999.0, "999"),
            (1_000_000.0, "1M"),
            (-2500.0, "-2.5k"),
            (0.05, "50m"),
            (0.000_012_34, "12.34u"),
            (1e30, "1e+06Y"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
        ];
        for (value, expected) in cases {
            assert_eq!(humanize(value), expected, "{value}");
        }
    }

    #[test]
    fn durations_are_written_as_prometheus_writes_them() {
        let cases = [
            (0.0, "0s"),
            (1.5, "1.5s"),
            (59.0, "59s"),
            (60.0, "1m 0s"),
            (3723.0, "1h 2m 3s"),
            (90_061.0, "1d 1h 1m 1s"),
            (-61.0, "-1m 1s"),
            (0.02, "20ms"),
            (0.000_5, "500us"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, expected) in cases {
            assert_eq!(duration(value), expected, "{value}");
        }
    }

    #[test]
    fn four_digits_are_those_of_c() {
        let cases = [
            (5.128_205, "5.128"),
            (0.000_1, "0.0001"),
            (0.000_012_3, "1.23e-05"),
            (123_456.0, "1.235e+05"),
            (9_999.4, "9999"),
            (9_999.5, "1e+04"),
            (100.0, "100"),
        ];
        for (value, expected) in cases {
            assert_eq!(four_digits(value), expected);
        }
    }
}
