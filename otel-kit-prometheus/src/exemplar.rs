//! Exemplars: the way from a number to a trace.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use opentelemetry::{SpanId, TraceId};
use otel_kit_core::metrics::Exemplar;

use crate::{
    labels::{self, Label},
    number,
};

/// Writes ` # {trace_id="…",span_id="…"} value time`.
///
/// Filtered attributes come along as long as there is
/// [room](https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars) for them.
pub(crate) fn write(out: &mut String, exemplar: &Exemplar) {
    let mut left = LIMIT;
    out.push_str(" # {");
    let start = out.len();
    if exemplar.trace_id != TraceId::INVALID {
        left -= write_id(out, start, TRACE_ID, &exemplar.trace_id.to_bytes());
    }
    if exemplar.span_id != SpanId::INVALID {
        left -= write_id(out, start, SPAN_ID, &exemplar.span_id.to_bytes());
    }
    let filtered = exemplar.filtered_attributes.iter().map(Label::new);
    let filtered = filtered.filter(|label| label.name != TRACE_ID && label.name != SPAN_ID);
    for label in labels::merged(filtered.collect()) {
        let size = label.name.len() + label.value.chars().count();
        if size <= left {
            left -= size;
            separate(out, start);
            labels::write(out, &[label]);
        }
    }
    out.push_str("} ");
    number::write(out, exemplar.value);
    write_seconds(out, " ", exemplar.time);
}

/// Seconds since the epoch, after `separator`; nothing for what was before.
pub(crate) fn write_seconds(out: &mut String, separator: &str, time: SystemTime) {
    if let Ok(since) = time.duration_since(UNIX_EPOCH) {
        let _ = write!(out, "{separator}{}.{:03}", since.as_secs(), since.subsec_millis());
    }
}

/// How many of the characters it used.
fn write_id(out: &mut String, start: usize, name: &str, id: &[u8]) -> usize {
    separate(out, start);
    out.push_str(name);
    out.push_str("=\"");
    let digits = id.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    out.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    out.push('"');
    name.len() + 2 * id.len()
}

fn separate(out: &mut String, start: usize) {
    if out.len() > start {
        out.push(',');
    }
}

const TRACE_ID: &str = "trace_id";
const SPAN_ID: &str = "span_id";
/// Characters that names and values may have together.
const LIMIT: usize = 128;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use opentelemetry::KeyValue;
    use otel_kit_core::metrics::Number;

    use super::*;

    fn exemplar(filtered: Vec<KeyValue>) -> Exemplar {
        Exemplar {
            value: Number::Double(0.25),
            time: UNIX_EPOCH + Duration::from_millis(1_795_000_000_042),
            trace_id: TraceId::from(0xaf),
            span_id: SpanId::from(0xb),
            filtered_attributes: filtered,
        }
    }

    fn written(exemplar: &Exemplar) -> String {
        let mut out = String::new();
        write(&mut out, exemplar);
        out
    }

    const IDS: &str = r#"trace_id="000000000000000000000000000000af",span_id="000000000000000b""#;

    #[test]
    fn an_exemplar_names_trace_span_value_and_time() {
        assert_eq!(written(&exemplar(vec![])), format!(" # {{{IDS}}} 0.25 1795000000.042"));
    }

    #[test]
    fn filtered_attributes_come_along_if_they_fit() {
        let filtered = vec![
            KeyValue::new("a", "x".repeat(65)),   // one too many
            KeyValue::new("b.c", "ü".repeat(61)), // one character each
            KeyValue::new("d", ""),
            KeyValue::new("e", ""), // none left
            KeyValue::new("trace.id", ""),
        ];
        let text = written(&exemplar(filtered));
        assert_eq!(text, format!(" # {{{IDS},b_c=\"{}\",d=\"\"}} 0.25 1795000000.042", "ü".repeat(61)));
    }

    #[test]
    fn a_measurement_outside_of_a_trace_has_what_it_has() {
        let mut exemplar = exemplar(vec![KeyValue::new("user", "7")]);
        (exemplar.trace_id, exemplar.span_id) = (TraceId::INVALID, SpanId::INVALID);
        exemplar.time = UNIX_EPOCH - Duration::from_secs(1);
        exemplar.value = Number::Int(3);
        assert_eq!(written(&exemplar), r#" # {user="7"} 3"#);
        exemplar.filtered_attributes.clear();
        assert_eq!(written(&exemplar), " # {} 3");
    }
}
