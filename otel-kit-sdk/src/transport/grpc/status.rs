use std::error::Error;

use otel_kit_core::Delivery;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::transport::answer::{chain, clip, rejected};

/// What a status that is not OK means
/// ([OTLP/gRPC](https://opentelemetry.io/docs/specs/otlp/#failures)).
pub(super) fn judge(status: &Status) -> Delivery {
    if let Some(cause) = status.source() {
        // Made on this side: the connection failed, no receiver has answered.
        let reason = format!("{}: {}", status.message(), chain(cause));
        return Delivery::Unanswered { reason: clip(&reason) };
    }
    let after = status.get_details_retry_info().and_then(|info| info.retry_delay);
    let message = status.message();
    let reason = clip(&format!("{:?}: {message}", status.code()));
    let again = match status.code() {
        Code::ResourceExhausted => after.is_some(),
        Code::OutOfRange => !message.starts_with(TOO_LARGE),
        Code::Cancelled | Code::DeadlineExceeded | Code::Aborted | Code::Unavailable | Code::DataLoss => true,
        _ => false,
    };
    if again { Delivery::Retry { after, reason } } else { rejected(reason) }
}

/// How `tonic` begins when a response is larger than the limit; OTLP says not to send again then.
const TOO_LARGE: &str = "Error, decoded message length too large";

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc, time::Duration};

    use tonic_types::ErrorDetails;

    use super::*;

    fn with_retry_info(code: Code, delay: Duration) -> Status {
        Status::with_error_details(code, "busy", ErrorDetails::with_retry_info(Some(delay)))
    }

    fn retry(after: Option<Duration>, reason: &str) -> Delivery {
        Delivery::Retry { after, reason: reason.into() }
    }

    #[test]
    fn the_codes_of_the_specification_are_tried_again_and_no_other() {
        let again = [
            Code::Cancelled,
            Code::DeadlineExceeded,
            Code::Aborted,
            Code::OutOfRange,
            Code::Unavailable,
            Code::DataLoss,
        ];
        for code in (1..=16).map(Code::from_i32) {
            let reason = format!("{code:?}: no");
            let expected =
                if again.contains(&code) { retry(None, &reason) } else { rejected(reason.clone()) };
            assert_eq!(judge(&Status::new(code, "no")), expected);
        }
    }

    #[test]
    fn an_exhausted_receiver_is_tried_again_only_when_it_says_when() {
        let delay = Duration::from_millis(1_500);
        let told = judge(&with_retry_info(Code::ResourceExhausted, delay));
        assert_eq!(told, retry(Some(delay), "ResourceExhausted: busy"));
        let silent = judge(&Status::resource_exhausted("full"));
        assert_eq!(silent, rejected("ResourceExhausted: full"));
    }

    #[test]
    fn retry_info_counts_for_every_code_that_may_be_tried_again() {
        let delay = Duration::from_secs(3);
        let told = judge(&with_retry_info(Code::Unavailable, delay));
        assert_eq!(told, retry(Some(delay), "Unavailable: busy"));
        assert_eq!(judge(&with_retry_info(Code::InvalidArgument, delay)), rejected("InvalidArgument: busy"));
    }

    #[test]
    fn a_failed_connection_is_tried_again_whatever_its_code() {
        let mut status = Status::unknown("transport error");
        status.set_source(Arc::new(io::Error::other("broken pipe")));
        assert_eq!(judge(&status), Delivery::Unanswered { reason: "transport error: broken pipe".into() });
    }
}
