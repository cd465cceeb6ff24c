use std::{convert::Infallible, error::Error, sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
};
use futures_util::stream;
use otel_kit::reqwest::ClientWithMiddleware;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    breaker::Breaker,
    database::{Database, Order},
    upstream::{Failure, Urls, get_json},
};

/// What the handlers share.
pub struct Orders {
    client: ClientWithMiddleware,
    breaker: Breaker,
    database: Database,
    urls: Urls,
}

impl Orders {
    pub fn new(urls: Urls, database: Database) -> Self {
        let client = otel_kit::reqwest::client(reqwest::Client::new());
        Self { client, breaker: Breaker::new(), database, urls }
    }

    async fn find(&self, id: i64) -> Result<Order, StatusCode> {
        let order = self.database.order(id).await.map_err(|error| {
            tracing::error!(%error, "database failed");
            StatusCode::SERVICE_UNAVAILABLE
        })?;
        order.ok_or(StatusCode::NOT_FOUND)
    }
}

#[derive(Deserialize)]
struct Price {
    cents: u64,
}

#[derive(Deserialize)]
struct Stock {
    pieces: u64,
}

/// An order with its price, the stock and the customer's payments.
pub async fn show(State(orders): State<Arc<Orders>>, Path(id): Path<i64>) -> Result<Json<Value>, StatusCode> {
    let Orders { client, breaker, urls, .. } = &*orders;
    let order = orders.find(id).await?;
    let (user, product) = (order.user_id, order.product_id);
    let price: Price =
        get_json(client, format!("{}/prices/{product}", urls.prices)).await.map_err(bad_gateway)?;
    let stock = get_json(client, format!("{}/stock/{product}", urls.stock));
    let stock = breaker.call_or(Stock { pieces: 1 }, stock).await;
    let payments: Value =
        get_json(client, format!("{}/payments/{user}", urls.payments)).await.map_err(bad_gateway)?;
    tracing::info!(order = id, cents = price.cents, "order shown");
    Ok(Json(json!({
        "order": id,
        "user": order.user_name,
        "product": order.product_name,
        "pieces": order.pieces,
        "cents": price.cents,
        "in_stock": stock.pieces,
        "payments": payments,
    })))
}

/// Whether requests can be answered.
pub async fn ready(State(orders): State<Arc<Orders>>) -> StatusCode {
    if orders.database.is_ready().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// An order as a file, written line by line: its span lasts until the last line, or until nobody reads on.
pub async fn export(State(orders): State<Arc<Orders>>, Path(id): Path<i64>) -> Result<Body, StatusCode> {
    orders.find(id).await?;
    tracing::info!(order = id, "export begins");
    Ok(Body::from_stream(stream::unfold(0_u32, move |line| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        (line < 100).then(|| (Ok::<_, Infallible>(format!("order {id}, line {line}\n")), line + 1))
    })))
}

fn bad_gateway(error: Failure) -> StatusCode {
    tracing::error!(error = &*error as &dyn Error, "upstream failed"); // an exception, with its type and its trace
    StatusCode::BAD_GATEWAY
}
