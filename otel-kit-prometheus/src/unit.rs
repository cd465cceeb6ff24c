//! Units: [UCUM](https://ucum.org/ucum)'s abbreviations as the words that Prometheus uses, by the
//! [specification's table](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata).

use crate::name::sanitised;

/// The word for `unit`: `bytes` for `By`, `meters_per_second` for `m/s`. What stands in braces is dropped; a unit
/// that the table does not know is its own word.
pub(crate) fn word(unit: &str) -> Option<String> {
    let unit = without_annotations(unit);
    let (of, per) = unit.split_once('/').unwrap_or((&unit, ""));
    let of = look_up(WORDS, of.trim());
    let per = look_up(PER_WORDS, per.trim());
    let word = match (of.is_empty(), per.is_empty()) {
        (_, true) => of,
        (true, false) => format!("per_{per}"),
        (false, false) => format!("{of}_per_{per}"),
    };
    (!word.is_empty()).then_some(word)
}

fn without_annotations(unit: &str) -> String {
    let mut depth = 0_usize;
    let mut keep = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    unit.chars().filter(|c| keep(*c)).collect()
}

fn look_up(words: &[(&str, &str)], unit: &str) -> String {
    // A count of something has no unit, and whether it is a ratio depends on the metric.
    if unit == "1" {
        return String::new();
    }
    let known = words.iter().find(|(abbreviation, _)| *abbreviation == unit);
    known.map_or_else(|| sanitised(unit, false).trim_matches('_').to_owned(), |(_, word)| (*word).to_owned())
}

const WORDS: &[(&str, &str)] = &[
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tebibytes"),
    ("kBy", "kilobytes"),
    ("KBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("%", "percent"),
];

const PER_WORDS: &[(&str, &str)] = &[
    ("s", "second"),
    ("min", "minute"),
    ("m", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("wk", "week"),
    ("mo", "month"),
    ("y", "year"),
    ("a", "year"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_words() {
        let cases = [
            ("s", "seconds"),
            ("ms", "milliseconds"),
            ("By", "bytes"),
            ("KiBy", "kibibytes"),
            ("TiBy", "tebibytes"),
            ("kBy", "kilobytes"),
            ("%", "percent"),
            ("Cel", "celsius"),
            ("m/s", "meters_per_second"),
            ("By/min", "bytes_per_minute"),
            ("{request}/s", "per_second"),
            ("1/s", "per_second"),
            ("By{transmitted}", "bytes"),
            ("By/{request}", "bytes"),
            ("kg", "kg"),
            ("mol/dm^3", "mol_per_dm_3"),
        ];
        for (unit, expected) in cases {
            assert_eq!(word(unit).as_deref(), Some(expected), "{unit}");
        }
    }

    #[test]
    fn counts_and_nothing_have_no_unit() {
        for unit in ["", "1", "{request}", "{a}{b}", "{", "}", "{unfinished", " ", "1/1", "/", "é"] {
            assert_eq!(word(unit), None, "{unit}");
        }
    }
}
