use std::error::Error;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use otel_kit_core::{Delivery, OtlpRequest};
use prost::Message;

/// Largest response that is read
/// ([OTLP](https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response)): 4 MiB.
pub(super) const MAX_RESPONSE: usize = 4 << 20;

/// Refuses what is larger than OTLP allows to send.
pub(super) fn check_size(request: &OtlpRequest) -> Result<(), Delivery> {
    let bytes = request.body.len();
    if bytes > MAX_REQUEST {
        return Err(rejected(format!("a request of {bytes} bytes is larger than the 64 MiB of OTLP")));
    }
    Ok(())
}

/// What a receiver that has the batch says in its `Export*ServiceResponse`.
///
/// The three responses differ in names only, so one of them decodes all.
pub(super) fn accepted(body: &[u8]) -> Delivery {
    match ExportTraceServiceResponse::decode(body) {
        Ok(response) => response.partial_success.map_or(Delivery::ACCEPTED, |partial| {
            partial_success(partial.rejected_spans, &partial.error_message)
        }),
        Err(error) => unreadable(&error),
    }
}

pub(super) fn partial_success(rejected: i64, message: &str) -> Delivery {
    let message = (!message.is_empty()).then(|| clip(message));
    Delivery::Accepted { rejected: u64::try_from(rejected).unwrap_or(0), message }
}

/// The receiver said yes, in words that are no OTLP.
pub(super) fn unreadable(why: &dyn std::fmt::Display) -> Delivery {
    let message = clip(&format!("the receiver's answer cannot be read: {why}"));
    Delivery::Accepted { rejected: 0, message: Some(message) }
}

pub(super) fn rejected(reason: impl Into<String>) -> Delivery {
    Delivery::Rejected { reason: reason.into() }
}

/// An error with its causes, each said once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    clip(&text)
}

/// The beginning of a text from outside, on one line.
pub(super) fn clip(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// Largest request that OTLP allows to send, not compressed.
const MAX_REQUEST: usize = 64 << 20;
/// Characters of a receiver's words that are passed on.
const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use opentelemetry_proto::tonic::collector::{
        logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse},
        metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse},
        trace::v1::ExportTracePartialSuccess,
    };
    use otel_kit_core::Signal;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_partial_success_is_read_for_every_signal() {
        let said = || "too old".to_owned();
        let traces = ExportTracePartialSuccess { rejected_spans: 3, error_message: said() };
        let metrics = ExportMetricsPartialSuccess { rejected_data_points: 3, error_message: said() };
        let logs = ExportLogsPartialSuccess { rejected_log_records: 3, error_message: said() };
        let bodies = [
            ExportTraceServiceResponse { partial_success: Some(traces) }.encode_to_vec(),
            ExportMetricsServiceResponse { partial_success: Some(metrics) }.encode_to_vec(),
            ExportLogsServiceResponse { partial_success: Some(logs) }.encode_to_vec(),
        ];
        for body in bodies {
            assert_eq!(accepted(&body), Delivery::Accepted { rejected: 3, message: Some(said()) });
        }
    }

    #[test]
    fn an_empty_answer_is_full_success_and_so_is_an_empty_partial_success() {
        assert_eq!(accepted(&[]), Delivery::ACCEPTED);
        let empty = ExportTraceServiceResponse { partial_success: Some(Default::default()) };
        assert_eq!(accepted(&empty.encode_to_vec()), Delivery::ACCEPTED);
    }

    #[test]
    fn a_negative_count_is_none() {
        assert_eq!(partial_success(-1, ""), Delivery::ACCEPTED);
    }

    #[test]
    fn a_request_beyond_64_mib_is_never_sent() {
        let request = |bytes: usize| OtlpRequest::new(Signal::Logs, 1, Bytes::from(vec![0; bytes]));
        assert!(check_size(&request(64 << 20)).is_ok());
        assert!(matches!(check_size(&request((64 << 20) + 1)), Err(Delivery::Rejected { .. })));
    }

    #[test]
    fn words_from_outside_are_cut_and_kept_on_one_line() {
        assert_eq!(clip(" a\nb\u{1b}[31m "), "a b [31m");
        let long = clip(&"ä".repeat(1_000));
        assert_eq!(long.chars().count(), 301);
        assert!(long.ends_with('…'));
    }

    proptest! {
        #[test]
        fn any_answer_after_a_yes_is_accepted(body: Vec<u8>) {
            let is_accepted = matches!(accepted(&body), Delivery::Accepted { .. });
            prop_assert!(is_accepted);
        }
    }
}
