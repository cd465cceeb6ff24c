use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use otel_kit_core::Delivery;
use prost::Message;
use serde_json::Value;

use super::body::{JSON, PROTOBUF, content_type};
use crate::transport::{
    HttpEncoding,
    answer::{MAX_RESPONSE, accepted, chain, clip, partial_success, rejected, unreadable},
};

/// What the receiver's response means
/// ([OTLP/HTTP](https://opentelemetry.io/docs/specs/otlp/#otlphttp-response)).
pub(super) async fn read(response: Response<Incoming>, encoding: HttpEncoding) -> Delivery {
    let head = Head::new(response.status(), response.headers(), encoding);
    let body = Body::read(response.into_body()).await;
    judge(&head, body, SystemTime::now())
}

struct Head {
    status: StatusCode,
    content_type: String,
    retry_after: Option<String>,
}

impl Head {
    /// A receiver that does not say what it answers is taken to answer in kind.
    fn new(status: StatusCode, headers: &HeaderMap, encoding: HttpEncoding) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let kind = text(CONTENT_TYPE).and_then(|kind| kind.split(';').next()).map(str::trim);
        Self {
            status,
            content_type: kind.unwrap_or_else(|| content_type(encoding)).to_ascii_lowercase(),
            retry_after: text(RETRY_AFTER).map(str::to_owned),
        }
    }
}

enum Body {
    Whole(Vec<u8>),
    TooLarge,
    Broken(String),
}

impl Body {
    async fn read(mut incoming: Incoming) -> Self {
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            let chunk = match frame {
                Ok(frame) => frame.into_data().unwrap_or_default(),
                Err(error) => return Self::Broken(chain(&error)),
            };
            if body.len() + chunk.len() > MAX_RESPONSE {
                return Self::TooLarge;
            }
            body.extend_from_slice(&chunk);
        }
        Self::Whole(body)
    }
}

fn judge(head: &Head, body: Body, now: SystemTime) -> Delivery {
    let body = match body {
        Body::Whole(body) => Bytes::from(body),
        Body::TooLarge => return rejected(format!("{}: the answer is larger than 4 MiB", head.status)),
        Body::Broken(why) if head.status.is_success() => return unreadable(&why),
        Body::Broken(_) => Bytes::new(),
    };
    match head.status {
        status if status.is_success() => success(&head.content_type, &body),
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => {
            let after = head.retry_after.as_deref().and_then(|text| retry_after(text, now));
            Delivery::Retry { after, reason: reason(head, &body) }
        }
        _ => rejected(reason(head, &body)),
    }
}

fn success(content_type: &str, body: &Bytes) -> Delivery {
    match content_type {
        _ if body.is_empty() => Delivery::ACCEPTED,
        PROTOBUF => accepted(body),
        JSON => match serde_json::from_slice::<Value>(body) {
            Ok(answer) => json_success(&answer),
            Err(error) => unreadable(&error),
        },
        other => unreadable(&format!("its type is `{other}`")),
    }
}

/// `{"partialSuccess": {"rejectedSpans": "3", "errorMessage": "..."}}`; the count's name is the signal's.
fn json_success(answer: &Value) -> Delivery {
    let Some(partial) = answer.get("partialSuccess").and_then(Value::as_object) else {
        return Delivery::ACCEPTED;
    };
    let rejected = partial.iter().find(|(name, _)| name.starts_with("rejected")).map(|(_, count)| count);
    let rejected = rejected.and_then(|count| count.as_i64().or_else(|| count.as_str()?.parse().ok()));
    let message = partial.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
    partial_success(rejected.unwrap_or(0), message)
}

/// Status line, and what the receiver says about it.
fn reason(head: &Head, body: &Bytes) -> String {
    let said = match head.content_type.as_str() {
        PROTOBUF => Status::decode(body.clone()).ok().map(|status| status.message),
        JSON => serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|status| Some(status.get("message")?.as_str()?.to_owned())),
        _ => None,
    };
    let said = said.filter(|said| !said.is_empty());
    let said = clip(&said.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned()));
    if said.is_empty() { head.status.to_string() } else { format!("{}: {said}", head.status) }
}

/// Seconds or a date, as [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#field.retry-after) says.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// `google.rpc.Status`, the body of errors.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::{
        ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
    };
    use proptest::prelude::*;

    use super::*;

    fn head(status: u16, content_type: &str) -> Head {
        let status = StatusCode::from_u16(status).unwrap();
        Head { status, content_type: content_type.into(), retry_after: None }
    }

    fn judged(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Delivery {
        judge(&head(status, content_type), Body::Whole(body.into()), SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn every_2xx_is_accepted() {
        for status in [200, 201, 202, 204] {
            assert_eq!(judged(status, PROTOBUF, ""), Delivery::ACCEPTED);
            assert_eq!(judged(status, JSON, "{}"), Delivery::ACCEPTED);
            assert_eq!(judged(status, "text/plain", ""), Delivery::ACCEPTED);
        }
    }

    #[test]
    fn exactly_four_statuses_are_tried_again() {
        for status in (100..600).filter(|status| !(200..300).contains(status)) {
            let is_retry = matches!(judged(status, PROTOBUF, ""), Delivery::Retry { after: None, .. });
            assert_eq!(is_retry, [429, 502, 503, 504].contains(&status), "{status}");
        }
    }

    #[test]
    fn a_rejection_says_the_status_and_what_the_receiver_said() {
        let proto = Status { code: 3, message: "bad span".into() }.encode_to_vec();
        let cases: [(&str, Vec<u8>, &str); 7] = [
            (PROTOBUF, proto, "400 Bad Request: bad span"),
            (JSON, br#"{"code":3,"message":"bad span"}"#.to_vec(), "400 Bad Request: bad span"),
            (JSON, br#"{"error":"x"}"#.to_vec(), r#"400 Bad Request: {"error":"x"}"#),
            ("text/html", b"<p>\nno</p>".to_vec(), "400 Bad Request: <p> no</p>"),
            (PROTOBUF, b"plain words".to_vec(), "400 Bad Request: plain words"),
            (PROTOBUF, Vec::new(), "400 Bad Request"),
            (PROTOBUF, vec![8, 3], "400 Bad Request"),
        ];
        for (content_type, body, reason) in cases {
            assert_eq!(judged(400, content_type, body), rejected(reason));
        }
        let Delivery::Rejected { reason } = judged(413, "text/plain", "x".repeat(100_000)) else { panic!() };
        assert!(reason.len() < 400, "{reason}");
    }

    #[test]
    fn a_partial_success_is_read_as_protobuf_and_as_json() {
        let partial = ExportMetricsPartialSuccess { rejected_data_points: 2, error_message: "old".into() };
        let proto = ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec();
        let expected = Delivery::Accepted { rejected: 2, message: Some("old".into()) };
        assert_eq!(judged(200, PROTOBUF, proto), expected);
        for json in [
            r#"{"partialSuccess":{"rejectedDataPoints":"2","errorMessage":"old"}}"#,
            r#"{"partialSuccess":{"rejectedSpans":2,"errorMessage":"old"}}"#,
            r#"{"new":1,"partialSuccess":{"errorMessage":"old","rejectedLogRecords":"2"}}"#,
        ] {
            assert_eq!(judged(200, JSON, json), expected);
        }
        for json in ["{}", r#"{"partialSuccess":{}}"#, r#"{"partialSuccess":null}"#, "[]"] {
            assert_eq!(judged(200, JSON, json), Delivery::ACCEPTED);
        }
    }

    #[test]
    fn garbage_after_a_yes_is_accepted_with_a_word_about_it() {
        for (content_type, body) in [(PROTOBUF, "\u{1}\u{2}"), (JSON, "<html>"), ("text/html", "<html>")] {
            let delivery = judged(200, content_type, body);
            assert!(
                matches!(delivery, Delivery::Accepted { rejected: 0, message: Some(_) }),
                "{content_type}: {delivery:?}"
            );
        }
    }

    #[test]
    fn an_answer_that_breaks_off_does_not_send_again_what_was_accepted() {
        let broken = || Body::Broken("reset".into());
        let ok = judge(&head(200, JSON), broken(), SystemTime::now());
        assert!(matches!(ok, Delivery::Accepted { rejected: 0, message: Some(_) }));
        assert!(matches!(judge(&head(503, JSON), broken(), SystemTime::now()), Delivery::Retry { .. }));
    }

    #[test]
    fn an_answer_beyond_4_mib_fails_for_good() {
        for status in [200, 503] {
            let delivery = judge(&head(status, JSON), Body::TooLarge, SystemTime::now());
            assert!(matches!(delivery, Delivery::Rejected { .. }), "{delivery:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(retry_after(text, now), seconds.map(Duration::from_secs), "{text}");
        }
        let head = Head { retry_after: Some("7".into()), ..head(503, JSON) };
        let delivery = judge(&head, Body::Whole(Vec::new()), now);
        let reason = "503 Service Unavailable".to_owned();
        assert_eq!(delivery, Delivery::Retry { after: Some(Duration::from_secs(7)), reason });
    }

    #[test]
    fn a_receiver_that_does_not_name_its_type_is_read_in_the_requests_encoding() {
        let mut headers = HeaderMap::new();
        assert_eq!(Head::new(StatusCode::OK, &headers, HttpEncoding::Json).content_type, JSON);
        headers.insert(CONTENT_TYPE, "Application/JSON; charset=utf-8".parse().unwrap());
        assert_eq!(Head::new(StatusCode::OK, &headers, HttpEncoding::Protobuf).content_type, JSON);
    }

    proptest! {
        #[test]
        fn any_answer_has_a_meaning(status in 100_u16..600, kind in 0..3_usize, body: Vec<u8>) {
            let delivery = judged(status, [PROTOBUF, JSON, "text/plain"][kind], body);
            let is_accepted = matches!(delivery, Delivery::Accepted { .. });
            prop_assert_eq!(is_accepted, (200..300).contains(&status));
        }
    }
}
