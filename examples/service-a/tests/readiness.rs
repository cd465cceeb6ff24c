#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use service_a::{Database, Urls};
use tower::ServiceExt;

async fn status(service: &Router, path: &str) -> StatusCode {
    service.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status()
}

async fn service() -> (Router, Database) {
    let database = Database::open("sqlite::memory:").await.unwrap();
    let nobody = String::new;
    let urls = Urls { stock: nobody(), prices: nobody(), payments: nobody() };
    (service_a::router(urls, database.clone()), database)
}

#[tokio::test]
async fn it_is_ready_as_long_as_the_database_answers_and_healthy_beyond() {
    let (service, database) = service().await;
    assert_eq!(status(&service, "/readyz").await, StatusCode::OK);
    database.close().await;
    assert_eq!(status(&service, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status(&service, "/healthz").await, StatusCode::OK);
}

#[tokio::test]
async fn orders_come_out_of_the_database_and_one_that_is_not_there_is_not_found() {
    let (service, database) = service().await;
    let order = database.order(7).await.unwrap().unwrap();
    assert_eq!((order.user_name, order.product_name, order.pieces), ("Ada".into(), "Piano".into(), 1));
    assert_eq!(status(&service, "/orders/3").await, StatusCode::NOT_FOUND);
    database.close().await;
    assert_eq!(status(&service, "/orders/7").await, StatusCode::SERVICE_UNAVAILABLE);
}
