//! Words for units, by the
//! [specification's table](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata).

use crate::series::underscored;

/// The word that a name ends with: `bytes_per_second` for `By/s`; none for `{request}` and `1`.
pub(super) fn word(unit: &str) -> Option<String> {
    let plain = outside_braces(unit);
    let (of, per) = plain.split_once('/').unwrap_or((&plain, ""));
    let (of, per) = (translated(of.trim(), UNITS), translated(per.trim(), PER));
    let words: Vec<String> = match (of, per) {
        (of, None) => of.into_iter().collect(),
        (of, Some(per)) => of.into_iter().chain([format!("per_{per}")]).collect(),
    };
    (!words.is_empty()).then(|| words.join("_"))
}

fn outside_braces(unit: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::new();
    for c in unit.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

fn translated(unit: &str, table: &str) -> Option<String> {
    if unit == "1" {
        return None;
    }
    let mut rows = table.split_whitespace().filter_map(|row| row.split_once('='));
    let known = rows.find(|(short, _)| *short == unit).map(|(_, word)| word.to_owned());
    let word = known.unwrap_or_else(|| underscored(unit, false).trim_matches('_').to_owned());
    (!word.is_empty()).then_some(word)
}

const UNITS: &str = "d=days h=hours min=minutes s=seconds ms=milliseconds us=microseconds ns=nanoseconds By=bytes \
    KiBy=kibibytes MiBy=mebibytes GiBy=gibibytes TiBy=tebibytes kBy=kilobytes KBy=kilobytes MBy=megabytes \
    GBy=gigabytes TBy=terabytes m=meters V=volts A=amperes J=joules W=watts g=grams Cel=celsius Hz=hertz %=percent";
const PER: &str = "s=second min=minute m=minute h=hour d=day w=week wk=week mo=month y=year a=year";
