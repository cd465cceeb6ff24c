#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use otel_kit::kafka::{
    FutureProducer,
    rdkafka::{
        ClientConfig,
        mocking::MockCluster,
        producer::{DefaultProducerContext, FutureRecord},
    },
};
use service_c::{Counts, Database, TOPIC};
use tower::ServiceExt;

type Cluster = MockCluster<'static, DefaultProducerContext>;

async fn service() -> (Cluster, Database, Counts) {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    let database = Database::open("sqlite::memory:").await.unwrap();
    let counts = Counts::new(&cluster.bootstrap_servers(), database.clone()).unwrap();
    (cluster, database, counts)
}

async fn status(service: &Router, path: &str) -> StatusCode {
    service.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn it_is_ready_while_broker_and_database_answer_and_healthy_always() {
    let (cluster, database, counts) = service().await;
    let service = service_c::router(counts);
    assert_eq!(status(&service, "/readyz").await, StatusCode::OK);
    database.close().await;
    assert_eq!(status(&service, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);

    let database = Database::open("sqlite::memory:").await.unwrap();
    let service = service_c::router(Counts::new(&cluster.bootstrap_servers(), database).unwrap());
    assert_eq!(status(&service, "/readyz").await, StatusCode::OK);
    cluster.broker_down(1).unwrap();
    assert_eq!(status(&service, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status(&service, "/healthz").await, StatusCode::OK);
}

#[tokio::test]
async fn counts_are_kept_and_what_is_no_count_is_left_out() {
    let (cluster, _, counts) = service().await;
    let producer: FutureProducer =
        ClientConfig::new().set("bootstrap.servers", cluster.bootstrap_servers()).create().unwrap();
    for payload in [r#"{"product": 7, "pieces": 21}"#, "no count", r#"{"product": 7, "pieces": 20}"#] {
        let record = FutureRecord::<str, _>::to(TOPIC).payload(payload);
        producer.send(record, Duration::from_secs(5)).await.unwrap();
    }
    let all_kept = async {
        while counts.times(7).await.unwrap() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), counts.consume(all_kept)).await.unwrap();
    assert_eq!(counts.times(7).await.unwrap(), 2);
}
