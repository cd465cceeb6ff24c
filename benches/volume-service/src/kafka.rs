use std::{future::ready, num::ParseIntError, ops::Range, process, str, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};
use otel_kit::kafka::{
    self,
    rdkafka::{
        ClientConfig,
        admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
        client::DefaultClientContext,
        consumer::{Consumer, StreamConsumer},
        error::KafkaError,
        message::{BorrowedMessage, Message},
        producer::{FutureProducer, FutureRecord},
        util::Timeout,
    },
};
use tokio::sync::Semaphore;

use crate::{Failure, Work, room::Room};

/// Sends messages, and receives each of them.
pub(crate) struct Exchange<C> {
    client: Arc<C>,
    topic: String,
    room: Room,
}

pub(crate) async fn with_kit(broker: &str, room: Room) -> Result<Exchange<impl Client>, Failure> {
    let (config, topic) = topic(broker).await?;
    let consumer: kafka::StreamConsumer = config.create()?;
    consumer.subscribe(&[&topic])?;
    let client = (config.create::<kafka::FutureProducer>()?, consumer);
    Ok(Exchange { client: Arc::new(client), topic, room })
}

pub(crate) async fn bare(broker: &str, room: Room) -> Result<Exchange<impl Client>, Failure> {
    let (config, topic) = topic(broker).await?;
    let consumer: StreamConsumer = config.create()?;
    consumer.subscribe(&[&topic])?;
    let client = (config.create::<FutureProducer>()?, consumer);
    Ok(Exchange { client: Arc::new(client), topic, room })
}

/// A topic of this process's own.
async fn topic(broker: &str) -> Result<(ClientConfig, String), Failure> {
    let topic = format!("volume-{}", process::id());
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker).set("group.id", &topic).set("auto.offset.reset", "earliest");
    config.set("enable.idempotence", "true"); // what the broker had to be asked twice for comes once
    let admin: AdminClient<DefaultClientContext> = config.create()?;
    let new = NewTopic::new(&topic, 2, TopicReplication::Fixed(1));
    for created in admin.create_topics([&new], &AdminOptions::new()).await? {
        created.map_err(|(topic, error)| format!("{topic}: {error}"))?;
    }
    Ok((config, topic))
}

/// What sends a message, and receives one and processes it.
pub(crate) trait Client: Send + Sync + 'static {
    fn send(&self, record: FutureRecord<'_, str, str>)
    -> impl Future<Output = Result<(), KafkaError>> + Send;
    fn receive(&self) -> impl Future<Output = Result<u32, Failure>> + Send;
}

impl Client for (kafka::FutureProducer, kafka::StreamConsumer) {
    async fn send(&self, record: FutureRecord<'_, str, str>) -> Result<(), KafkaError> {
        self.0.send(record, Timeout::Never).await.map(drop).map_err(|(error, _)| error)
    }

    async fn receive(&self) -> Result<u32, Failure> {
        let message = self.1.recv().await?;
        Ok(self.1.process(&message, number).await?)
    }
}

impl Client for (FutureProducer, StreamConsumer) {
    async fn send(&self, record: FutureRecord<'_, str, str>) -> Result<(), KafkaError> {
        self.0.send(record, Timeout::Never).await.map(drop).map_err(|(error, _)| error)
    }

    async fn receive(&self) -> Result<u32, Failure> {
        let message = self.1.recv().await?;
        Ok(number(&message).await?)
    }
}

/// The handler.
async fn number(message: &BorrowedMessage<'_>) -> Result<u32, ParseIntError> {
    str::from_utf8(message.payload().unwrap_or_default()).unwrap_or_default().parse()
}

impl<C: Client> Work for Exchange<C> {
    async fn run(&self, numbers: Range<u32>) -> Result<(), Failure> {
        let lane = Arc::new(Semaphore::new(IN_FLIGHT));
        let receiving = tokio::spawn(receive(Arc::clone(&self.client), numbers.clone(), Arc::clone(&lane)));
        let send = async |number: u32| {
            lane.acquire().await?.forget();
            self.room.wait().await;
            let (key, payload) = (number.to_string(), format!("{number:0>100}"));
            let record = FutureRecord::to(&self.topic).key(key.as_str()).payload(payload.as_str());
            Ok::<_, Failure>(self.client.send(record).await?)
        };
        let sending =
            stream::iter(numbers).map(send).buffer_unordered(IN_FLIGHT).try_for_each(|()| ready(Ok(())));
        let received = async { receiving.await? };
        tokio::try_join!(sending, received).map(drop)
    }
}

/// Receives as many messages as there are numbers. Each one that is processed lets another one be sent.
async fn receive(client: Arc<impl Client>, numbers: Range<u32>, lane: Arc<Semaphore>) -> Result<(), Failure> {
    let mut sum = 0;
    for _ in numbers.clone() {
        sum += u64::from(client.receive().await?);
        lane.add_permits(1);
    }
    if sum == numbers.map(u64::from).sum::<u64>() {
        Ok(())
    } else {
        Err("other messages than those sent".into())
    }
}

/// Messages between sending and the end of their processing.
const IN_FLIGHT: usize = 400;
