use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::{Cause, causes_of};

pub(super) fn causes() -> Vec<Cause> {
    let twice = |name, error: KafkaError| causes_of(name, [error.clone(), error]);
    vec![
        twice("kafka transport", KafkaError::MessageProduction(Code::BrokerTransportFailure)),
        twice("kafka late", KafkaError::MessageProduction(Code::MessageTimedOut)),
        twice("kafka full", KafkaError::MessageProduction(Code::QueueFull)),
        twice("kafka topic", KafkaError::MessageConsumption(Code::UnknownTopicOrPartition)),
        twice("kafka offset", KafkaError::MessageConsumption(Code::OffsetOutOfRange)),
        twice("kafka commit", KafkaError::ConsumerCommit(Code::RebalanceInProgress)),
        twice("kafka all brokers", KafkaError::Global(Code::AllBrokersDown)),
        causes_of("kafka end", [7, 12].map(KafkaError::PartitionEOF)),
        causes_of(
            "kafka subscription",
            ["topic 7", "topic 12"].map(|topic| KafkaError::Subscription(topic.to_owned())),
        ),
        twice("kafka cancelled", KafkaError::Canceled),
    ]
}
