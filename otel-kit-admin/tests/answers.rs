//! What those get who ask, and who gets it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, Response, StatusCode, header::AUTHORIZATION},
};
use opentelemetry::{SpanId, TraceId};
use otel_kit_admin::{Admin, Token};
use otel_kit_core::{
    Kit,
    alert::{Alert, AlertSource, AlertState},
    exception::{Group, GroupSource},
};
use serde_json::{Value, json};
use tower::ServiceExt;

const TOKEN: &str = "0123456789abcdef";
const HERE: [&str; 3] = ["127.0.0.1:5000", "[::1]:5000", "[::ffff:127.0.0.1]:5000"];
const ELSEWHERE: [&str; 2] = ["192.0.2.7:5000", "[2001:db8::1]:5000"];

#[derive(Debug)]
struct Known;

impl AlertSource for Known {
    fn alerts(&self) -> Vec<Alert> {
        let labels = |name: &str| BTreeMap::from([("alertname".to_owned(), name.to_owned())]);
        let pending = Alert::new(labels("Slow"), "00000000000000aa".to_owned(), at(90));
        let mut firing = Alert::new(labels("Errors"), "00000000000000bb".to_owned(), at(60));
        firing.state = AlertState::Firing;
        firing.value = Some(0.25);
        firing.fired_at = Some(at(75));
        firing.exemplar = Some((TraceId::from(0xabc), SpanId::from(0xd)));
        vec![pending, firing]
    }
}

impl GroupSource for Known {
    fn groups(&self) -> Vec<Group> {
        let group =
            |name: &str| Group::new(name.to_owned(), "disk full".to_owned(), "io::Error".to_owned(), at(5));
        ["a", "b", "c"].map(group).to_vec()
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn kit() -> Kit {
    let kit = Kit::builder().exception_groups(Arc::new(Known)).build();
    kit.set_alerts(Arc::new(Known)).unwrap();
    kit
}

fn admin(kit: &Kit) -> Admin {
    Admin::new(Token::new(TOKEN).unwrap()).with(kit)
}

async fn ask(app: Router, path: &str, token: &str, peer: Option<&str>) -> Response<Body> {
    let mut request = Request::get(path).header(AUTHORIZATION, token).body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    }
    app.oneshot(request).await.unwrap()
}

async fn json_of(app: Router, path: &str) -> Value {
    let answer = ask(app, path, &format!("Bearer {TOKEN}"), Some(HERE[0])).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap()
}

#[tokio::test]
async fn alerts_are_shown_with_their_trace_and_the_firing_ones_first() {
    let shown = json_of(admin(&kit()).router(), "/alerts").await;
    assert_eq!(
        shown["alerts"][0],
        json!({
            "labels": {"alertname": "Errors"}, "annotations": {}, "state": "firing", "value": 0.25,
            "activeAt": "1970-01-01T00:01:00.000Z", "firedAt": "1970-01-01T00:01:15.000Z", "resolvedAt": null,
            "fingerprint": "00000000000000bb",
            "traceId": "00000000000000000000000000000abc", "spanId": "000000000000000d",
        })
    );
    assert_eq!(
        (&shown["alerts"][1]["state"], &shown["alerts"][1]["traceId"]),
        (&json!("pending"), &Value::Null)
    );
}

#[tokio::test]
async fn groups_of_exceptions_are_shown_as_many_as_asked_for() {
    let shown = json_of(admin(&kit()).router(), "/exceptions?limit=2").await;
    assert_eq!(shown["exceptions"].as_array().unwrap().len(), 2);
    assert_eq!(shown["exceptions"][1]["fingerprint"], "b");
    assert_eq!(shown["exceptions"][0]["firstSeen"], "1970-01-01T00:00:05.000Z");
    let all = json_of(admin(&kit()).router(), "/exceptions").await;
    assert_eq!(all["exceptions"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_kit_without_alerts_and_exceptions_shows_none() {
    let kit = Kit::builder().build();
    assert_eq!(json_of(admin(&kit).router(), "/alerts").await, json!({"alerts": []}));
    assert_eq!(json_of(admin(&kit).router(), "/exceptions").await, json!({"exceptions": []}));
}

#[tokio::test]
async fn nobody_gets_in_without_the_token() {
    for token in ["", "Bearer", "Bearer ", "Bearer 0123456789abcdeg", "Basic 0123456789abcdef", TOKEN] {
        let answer = ask(admin(&kit()).router(), "/alerts", token, Some(HERE[0])).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn others_than_this_machine_get_in_only_where_that_is_allowed() {
    let bearer = format!("Bearer {TOKEN}");
    for peer in HERE {
        let answer = ask(admin(&kit()).router(), "/alerts", &bearer, Some(peer)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{peer}");
    }
    for peer in ELSEWHERE.map(Some).into_iter().chain([None]) {
        let answer = ask(admin(&kit()).router(), "/exceptions", &bearer, peer).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{peer:?}");
        let answer = ask(admin(&kit()).any_peer().router(), "/exceptions", &bearer, peer).await;
        assert_eq!(answer.status(), StatusCode::OK, "{peer:?}");
    }
}
