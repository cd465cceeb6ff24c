use otel_kit::kafka::rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    mocking::MockCluster,
    producer::DefaultProducerContext,
    types::RDKafkaErrorCode,
};

use crate::Result;

/// Where the services find Kafka.
pub enum Broker {
    /// Brokers that librdkafka plays in this process.
    Mock(MockCluster<'static, DefaultProducerContext>),
    Real(String),
}

impl Broker {
    /// The real one at `address`, else one of our own; either has the topic of the demo.
    pub async fn start(address: Option<&str>) -> Result<Self> {
        if let Some(address) = address {
            create_topic(address).await?;
            return Ok(Self::Real(address.to_owned()));
        }
        let cluster = MockCluster::new(1)?;
        cluster.create_topic(service_b::TOPIC, PARTITIONS, 1)?;
        Ok(Self::Mock(cluster))
    }

    pub fn address(&self) -> String {
        match self {
            Self::Mock(cluster) => cluster.bootstrap_servers(),
            Self::Real(address) => address.clone(),
        }
    }
}

async fn create_topic(address: &str) -> Result<()> {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", address).create()?;
    let topic = NewTopic::new(service_b::TOPIC, PARTITIONS, TopicReplication::Fixed(1));
    for created in admin.create_topics([&topic], &AdminOptions::new()).await? {
        match created {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, error)) => return Err(format!("{topic} cannot be created: {error}").into()),
        }
    }
    Ok(())
}

const PARTITIONS: i32 = 3;
