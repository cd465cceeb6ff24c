use std::{pin::pin, sync::Arc, time::Duration};

use otel_kit::kafka::{
    StreamConsumer,
    rdkafka::{
        ClientConfig,
        consumer::{CommitMode, Consumer},
        error::KafkaResult,
        message::{BorrowedMessage, Message},
    },
};
use serde::Deserialize;

use crate::database::{Database, Place};

/// The topic that tells of each count.
pub const TOPIC: &str = "stock-counts";

/// Takes counts from Kafka and keeps them.
#[derive(Clone)]
pub struct Counts {
    consumer: Arc<StreamConsumer>,
    database: Database,
}

#[derive(Deserialize)]
struct Count {
    product: i64,
    pieces: i64,
}

impl Counts {
    /// For `brokers`, such as `localhost:9092`.
    pub fn new(brokers: &str, database: Database) -> KafkaResult<Self> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("group.id", "service-c");
        config.set("enable.auto.commit", "false").set("auto.offset.reset", "earliest");
        let consumer: StreamConsumer = config.create()?;
        consumer.subscribe(&[TOPIC])?;
        Ok(Self { consumer: Arc::new(consumer), database })
    }

    /// Keeps count after count until `shutdown`; the one that was begun is finished. One that the database does not
    /// take is tried again, each time in a span of its own.
    pub async fn consume(&self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            let message = tokio::select! {
                () = &mut shutdown => return,
                message = self.consumer.recv() => message,
            };
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    tracing::warn!(%error, "nothing received");
                    continue;
                }
            };
            while let Err(error) = self.consumer.process(&message, |message| self.keep(message)).await {
                tokio::select! {
                    () = &mut shutdown => return, // it comes again: it was not committed
                    () = tokio::time::sleep(PAUSE) => tracing::warn!(%error, "trying again"),
                }
            }
            if let Err(error) = self.consumer.commit_message(&message, CommitMode::Async) {
                tracing::warn!(%error, "not committed");
            }
        }
    }

    /// How often this product was counted.
    pub async fn times(&self, product: i64) -> Result<i64, sqlx::Error> {
        self.database.times(product).await
    }

    /// Whether the database answers, and the broker, which has the topic.
    pub async fn is_ready(&self) -> bool {
        let consumer = Arc::clone(&self.consumer);
        let ask = move || consumer.fetch_metadata(Some(TOPIC), PATIENCE);
        let Ok(Ok(answer)) = tokio::task::spawn_blocking(ask).await else { return false };
        answer.topics().iter().all(|topic| topic.error().is_none()) && self.database.is_ready().await
    }

    async fn keep(&self, message: &BorrowedMessage<'_>) -> Result<(), sqlx::Error> {
        let payload = message.payload().unwrap_or_default();
        let count: Count = match serde_json::from_slice(payload) {
            Ok(count) => count,
            Err(error) => {
                tracing::error!(%error, "no count, and never will be: left out");
                return Ok(());
            }
        };
        let place = Place { partition: message.partition(), offset: message.offset() };
        self.database.keep(place, count.product, count.pieces).await?;
        tracing::info!(product = count.product, "stock count kept");
        Ok(())
    }
}

/// How long to wait for the broker.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between two attempts to keep a count.
const PAUSE: Duration = Duration::from_secs(1);
