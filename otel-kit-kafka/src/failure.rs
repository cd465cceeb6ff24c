use std::{any::type_name, borrow::Cow, error::Error};

use opentelemetry::Context;
use otel_kit_core::{
    exception::{Exception, Mechanism},
    operation::Outcome,
    semconv::{attribute::OTHER, event::MESSAGING_PROCESS_EXCEPTION},
};
use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode},
    types::RDKafkaRespErr,
};

use crate::span::KafkaSpan;

/// How an operation of rdkafka ended.
pub(crate) fn outcome<T>(result: &Result<T, KafkaError>) -> Outcome {
    result.as_ref().err().map_or(Outcome::Success, |error| Outcome::failure(error_type(error)))
}

/// Kafka's name of an error, such as `UNKNOWN_TOPIC_OR_PARTITION`; those that librdkafka itself finds begin
/// with an underscore, such as `_MSG_TIMED_OUT`.
pub(crate) fn error_type(error: &KafkaError) -> Cow<'static, str> {
    match error {
        KafkaError::Canceled => Cow::Borrowed("_DESTROY"),
        KafkaError::Nul(_) => Cow::Borrowed("_INVALID_ARG"),
        KafkaError::PartitionEOF(_) => Cow::Borrowed("_PARTITION_EOF"),
        error => error.rdkafka_error_code().map_or(Cow::Borrowed(OTHER), name),
    }
}

/// The type of a handler's error, without its parameters; `_OTHER` where it tells nothing.
pub(crate) fn type_of<E>() -> &'static str {
    let name = type_name::<E>();
    let name = name.split_once('<').map_or(name, |(name, _)| name);
    let is_path = name.chars().all(|char| char.is_alphanumeric() || char == '_' || char == ':');
    if is_path && !name.is_empty() && name != "alloc::boxed::Box" { name } else { OTHER }
}

/// Tells the exception sinks of a handler's error. The context has to be attached.
#[cold]
pub(crate) fn tell(span: &KafkaSpan, error: Option<&(dyn Error + 'static)>, type_name: &'static str) {
    let mut exception = Exception::new(MESSAGING_PROCESS_EXCEPTION, Mechanism::Handler, span.context());
    if let Some(error) = error {
        exception = exception.with_error(error);
    }
    if !type_name.contains("dyn ") {
        exception = exception.with_type_name(type_name);
    }
    span.tell(&exception);
}

/// What is known of a panic that unwinds: its message went to the panic hook.
#[cold]
pub(crate) fn panic_in(context: &Context) -> Exception<'_> {
    Exception::new(MESSAGING_PROCESS_EXCEPTION, Mechanism::Panic, context).with_type_name(PANIC)
}

/// The constants of librdkafka are its names with a prefix; a few of them are not Kafka's.
fn name(code: RDKafkaErrorCode) -> Cow<'static, str> {
    let Ok(constant) = RDKafkaRespErr::try_from(code as i32) else { return Cow::Borrowed(OTHER) };
    let constant = format!("{constant:?}");
    let name = constant.strip_prefix("RD_KAFKA_RESP_ERR_").unwrap_or(&constant);
    match SPELLED_OTHERWISE.iter().find(|(ours, _)| *ours == name) {
        Some((_, kafkas)) => Cow::Borrowed(kafkas),
        None => Cow::Owned(name.to_owned()),
    }
}

/// As in all adapters.
const PANIC: &str = "panic";

/// [Kafka's protocol](https://kafka.apache.org/protocol#protocol_error_codes) has other words for these.
const SPELLED_OTHERWISE: [(&str, &str); 8] = [
    ("UNKNOWN", "UNKNOWN_SERVER_ERROR"),
    ("INVALID_MSG", "CORRUPT_MESSAGE"),
    ("UNKNOWN_TOPIC_OR_PART", "UNKNOWN_TOPIC_OR_PARTITION"),
    ("INVALID_MSG_SIZE", "INVALID_FETCH_SIZE"),
    ("NOT_LEADER_FOR_PARTITION", "NOT_LEADER_OR_FOLLOWER"),
    ("MSG_SIZE_TOO_LARGE", "MESSAGE_TOO_LARGE"),
    ("STALE_CTRL_EPOCH", "STALE_CONTROLLER_EPOCH"),
    ("TOPIC_EXCEPTION", "INVALID_TOPIC_EXCEPTION"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_names_that_kafka_gives_them() {
        let cases = [
            (RDKafkaErrorCode::UnknownTopicOrPartition, "UNKNOWN_TOPIC_OR_PARTITION"),
            (RDKafkaErrorCode::NotEnoughReplicas, "NOT_ENOUGH_REPLICAS"),
            (RDKafkaErrorCode::NotLeaderForPartition, "NOT_LEADER_OR_FOLLOWER"),
            (RDKafkaErrorCode::MessageTimedOut, "_MSG_TIMED_OUT"),
            (RDKafkaErrorCode::QueueFull, "_QUEUE_FULL"),
            (RDKafkaErrorCode::AllBrokersDown, "_ALL_BROKERS_DOWN"),
            (RDKafkaErrorCode::Unknown, "UNKNOWN_SERVER_ERROR"),
        ];
        for (code, expected) in cases {
            assert_eq!(error_type(&KafkaError::MessageProduction(code)), expected);
        }
        assert_eq!(error_type(&KafkaError::Canceled), "_DESTROY");
        assert_eq!(error_type(&KafkaError::Subscription("why".to_owned())), "_OTHER");
    }

    #[test]
    fn a_handlers_error_is_its_type_and_never_its_text() {
        assert_eq!(type_of::<std::num::ParseIntError>(), "core::num::error::ParseIntError");
        assert_eq!(type_of::<Vec<String>>(), "alloc::vec::Vec");
        assert_eq!(type_of::<Box<dyn Error + Send + Sync>>(), "_OTHER");
        assert_eq!([type_of::<()>(), type_of::<&str>()], ["_OTHER"; 2]);
    }
}
