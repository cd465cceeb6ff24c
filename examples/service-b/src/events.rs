use std::{sync::Arc, time::Duration};

use otel_kit::kafka::{
    FutureProducer,
    rdkafka::{
        ClientConfig,
        error::KafkaResult,
        producer::{FutureRecord, Producer},
    },
};
use serde_json::json;

/// The topic that is told of each count.
pub const TOPIC: &str = "stock-counts";

/// Tells others what was counted.
#[derive(Clone)]
pub struct Events {
    producer: Arc<FutureProducer>,
}

impl Events {
    /// For `brokers`, such as `localhost:9092`.
    pub fn new(brokers: &str) -> KafkaResult<Self> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("message.timeout.ms", "2000");
        Ok(Self { producer: Arc::new(config.create()?) })
    }

    /// Tells of a count; returns when the broker has it.
    pub async fn counted(&self, product: u64, pieces: u64) -> KafkaResult<()> {
        let key = product.to_string();
        let payload = json!({ "product": product, "pieces": pieces }).to_string();
        let record = FutureRecord::to(TOPIC).key(&key).payload(&payload);
        self.producer.send(record, PATIENCE).await.map_err(|(error, _)| error)?;
        Ok(())
    }

    /// Whether the broker answers, and has the topic.
    pub async fn is_ready(&self) -> bool {
        let producer = Arc::clone(&self.producer);
        let ask = move || producer.client().fetch_metadata(Some(TOPIC), PATIENCE);
        let Ok(Ok(answer)) = tokio::task::spawn_blocking(ask).await else { return false };
        answer.topics().iter().all(|topic| topic.error().is_none())
    }
}

/// How long to wait for the broker, or for room in the queue.
const PATIENCE: Duration = Duration::from_secs(2);
