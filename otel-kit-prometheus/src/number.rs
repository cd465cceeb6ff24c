//! How numbers are written.

use std::fmt::Write;

use otel_kit_core::metrics::Number;

/// Whole numbers as such, others as [`write_f64`] does.
pub(crate) fn write(out: &mut String, value: Number) {
    match value {
        Number::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Number::Double(value) => write_f64(out, value),
    }
}

pub(crate) fn write_count(out: &mut String, count: u64) {
    let _ = write!(out, "{count}");
}

/// The shortest text that gives the number back, in the form that
/// [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/#considerations-canonical-numbers)
/// asks for thresholds: a number has one text, whoever writes it.
pub(crate) fn write_f64(out: &mut String, value: f64) {
    let size = value.abs();
    let _ = if value.is_nan() {
        out.write_str("NaN")
    } else if value.is_infinite() {
        out.write_str(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else if size == 0.0 || FIXED.contains(&size) {
        write!(out, "{value:?}")
    } else {
        write_exponential(out, value)
    };
}

/// `1e-05` and `1.5e+06`: the exponent has a sign and two digits.
fn write_exponential(out: &mut String, value: f64) -> std::fmt::Result {
    let start = out.len();
    write!(out, "{value:e}")?;
    let mark = out.get(start..).and_then(|text| text.find('e')).map(|at| start + at);
    let exponent = mark.and_then(|mark| out.get(mark + 1..)).and_then(|text| text.parse::<i32>().ok());
    if let (Some(mark), Some(exponent)) = (mark, exponent) {
        out.truncate(mark);
        write!(out, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())?;
    }
    Ok(())
}

/// Sizes that are written without an exponent.
const FIXED: std::ops::Range<f64> = 1e-4..1e6;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(value: f64) -> String {
        let mut out = "x".to_owned();
        write_f64(&mut out, value);
        out.split_off(1)
    }

    #[test]
    fn numbers_are_written_as_openmetrics_lists_them() {
        let listed = "0.0 0.001 0.002 0.01 0.1 0.9 0.95 0.99 0.999 1.0 1.7 10.0 1e-10 1e-09 1e-05 0.0001 0.1 1.0 \
                      100000.0 1e+06 1e+10 +Inf -Inf NaN -1.5 1.234567e+06 1e+100 5e-324";
        for number in listed.split_whitespace() {
            assert_eq!(text(number.parse().unwrap()), number);
        }
    }

    #[test]
    fn whole_numbers_keep_all_their_digits() {
        let mut out = String::new();
        write(&mut out, Number::Int(i64::MAX));
        assert_eq!(out, "9223372036854775807");
    }

    proptest! {
        #[test]
        fn a_number_comes_back_from_its_text(value in any::<f64>()) {
            let back: f64 = text(value).parse().unwrap();
            prop_assert!(back.to_bits() == value.to_bits() || (back.is_nan() && value.is_nan()));
        }
    }
}
