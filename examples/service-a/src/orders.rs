use std::{convert::Infallible, sync::Arc, time::Duration};

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
    upstream::{Urls, get_json},
};

/// What the handlers share.
pub struct Orders {
    client: ClientWithMiddleware,
    breaker: Breaker,
    urls: Urls,
}

impl Orders {
    pub fn new(urls: Urls) -> Self {
        Self { client: otel_kit::reqwest::client(reqwest::Client::new()), breaker: Breaker::new(), urls }
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
pub async fn show(State(orders): State<Arc<Orders>>, Path(id): Path<u64>) -> Result<Json<Value>, StatusCode> {
    let Orders { client, breaker, urls } = &*orders;
    let price: Price = get_json(client, format!("{}/prices/{id}", urls.prices)).await.map_err(bad_gateway)?;
    let stock = get_json(client, format!("{}/stock/{id}", urls.stock));
    let stock = breaker.call_or(Stock { pieces: 1 }, stock).await;
    let payments: Value =
        get_json(client, format!("{}/payments/{id}", urls.payments)).await.map_err(bad_gateway)?;
    tracing::info!(order = id, cents = price.cents, "order shown");
    Ok(Json(json!({ "order": id, "cents": price.cents, "pieces": stock.pieces, "payments": payments })))
}

/// An order as a file, written line by line: its span lasts until the last line, or until nobody reads on.
pub async fn export(Path(id): Path<u64>) -> Body {
    tracing::info!(order = id, "export begins");
    Body::from_stream(stream::unfold(0_u32, move |line| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        (line < 100).then(|| (Ok::<_, Infallible>(format!("order {id}, line {line}\n")), line + 1))
    }))
}

fn bad_gateway(error: impl std::fmt::Display) -> StatusCode {
    tracing::error!(%error, "upstream failed");
    StatusCode::BAD_GATEWAY
}
