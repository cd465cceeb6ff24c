#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use otel_kit::kafka::rdkafka::{mocking::MockCluster, types::RDKafkaRespErr};
use service_b::{Events, TOPIC};
use tower::ServiceExt;

async fn status(service: &Router, path: &str) -> StatusCode {
    service.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn it_is_ready_while_the_broker_answers_and_has_the_topic_and_healthy_always() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    let service = service_b::router(Events::new(&cluster.bootstrap_servers()).unwrap());
    assert_eq!(status(&service, "/readyz").await, StatusCode::OK);
    assert_eq!(status(&service, "/stock/1").await, StatusCode::OK);
    cluster.topic_error(TOPIC, RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).unwrap();
    assert_eq!(status(&service, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    cluster.topic_error(TOPIC, RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR).unwrap();
    assert_eq!(status(&service, "/readyz").await, StatusCode::OK);
    cluster.broker_down(1).unwrap();
    assert_eq!(status(&service, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(status(&service, "/stock/1").await.is_server_error());
    assert_eq!(status(&service, "/healthz").await, StatusCode::OK);
}
