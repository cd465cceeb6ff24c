//! What receivers of webhooks and of Slack's messages get, over the wire.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may

mod support;

use std::{collections::BTreeMap, time::Duration};

use otel_kit_alerts::channel::{AlertmanagerSettings, SlackSettings, WebhookSettings};
use serde::Deserialize;

use crate::support::{House, Server, TRACE_URL, firing, over};

/// A receiver as one writes it from Alertmanager's documentation: what it does not know, it refuses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
struct V4 {
    version: String,
    group_key: String,
    truncated_alerts: u64,
    status: String,
    receiver: String,
    group_labels: BTreeMap<String, String>,
    common_labels: BTreeMap<String, String>,
    common_annotations: BTreeMap<String, String>,
    #[serde(rename = "externalURL")]
    external_url: String,
    #[serde(rename = "notification_reason")]
    notification_reason: String,
    alerts: Vec<V4Alert>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[allow(dead_code)]
struct V4Alert {
    status: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: String,
    fingerprint: String,
}

#[tokio::test]
async fn a_receiver_of_version_4_understands_what_fires_and_what_is_over() {
    let server = Server::answering(&[]).await;
    let house = House::new(WebhookSettings::new(format!("http://{}/hook", server.address)));
    house.tell(&[firing("HighErrorRatio")]).await;
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /hook HTTP/1.1");
    assert_eq!(request.headers["content-type"], "application/json");
    let body: V4 = serde_json::from_str(&request.body).unwrap();
    assert_eq!((body.version.as_str(), body.status.as_str(), body.receiver.as_str()), ("4", "firing", "ops"));
    assert_eq!(body.group_key, r#"{}:{alertname="HighErrorRatio"}"#);
    assert_eq!(body.notification_reason, "first notification");
    let alert = &body.alerts[0];
    assert_eq!((alert.ends_at.as_str(), alert.generator_url.as_str()), ("0001-01-01T00:00:00Z", TRACE_URL));
    assert_eq!(alert.annotations["trace_id"], "0000000000000000000000000000abcd");
    assert_eq!(house.outcomes(), [("sent".to_owned(), "first notification".to_owned())]);
    assert_eq!(house.notifier.snapshot().len(), 1);
}

#[tokio::test]
async fn a_server_that_fails_once_gets_it_once_more_and_one_record_is_kept() {
    let server = Server::answering(&["500 Oops\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut settings = WebhookSettings::new(format!("http://{}/hook", server.address));
    settings.hmac_key = Some("key".into());
    let house = House::new(settings);
    house.tell(&[firing("A")]).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);
    let signature = &requests[0].headers["x-hub-signature-256"];
    assert!(signature.len() == 71 && signature.starts_with("sha256="), "{signature}");
    assert_eq!(house.notifier.snapshot().len(), 1);
    assert_eq!(house.outcomes(), [("sent".to_owned(), "first notification".to_owned())]);
}

#[tokio::test]
async fn a_server_that_goes_away_in_the_middle_gets_it_again() {
    let server = Server::answering(&["", "200 OK\r\ncontent-length: 5\r\n\r\n"]).await;
    let house = House::new(WebhookSettings::new(format!("http://{}/", server.address)));
    house.tell(&[firing("A")]).await;
    assert_eq!(server.requests().len(), 2, "no answer is tried again, a cut one after 200 is not");
}

#[tokio::test]
async fn credentials_go_out_as_headers_and_nowhere_else() {
    let server = Server::answering(&["403 No\r\ncontent-length: 10\r\n\r\npa%24sword "]).await;
    let mut settings =
        WebhookSettings::new(format!("http://ops:pa%24sword@{}/s3cr3t-path?k=s3cr3t-query", server.address));
    settings.headers.insert("x-api-key".into(), "s3cr3t-key".into());
    let shown = format!("{settings:?}");
    let house = House::new(settings);
    house.tell(&[firing("A")]).await;
    let request = &server.requests()[0];
    assert_eq!(request.headers["authorization"], "Basic b3BzOnBhJHN3b3Jk");
    assert_eq!(request.headers["x-api-key"], "s3cr3t-key");
    assert_eq!(request.line, "POST /s3cr3t-path?k=s3cr3t-query HTTP/1.1");
    let shown = format!("{shown} {:?} {:?}", house.notifier, house.outcomes());
    for secret in ["s3cr3t", "pa%24sword", "pa$sword"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(house.outcomes(), [("failed".to_owned(), "403".to_owned())]);
}

#[tokio::test]
async fn slack_is_asked_again_when_it_says_so() {
    let too_many = "429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    let server =
        Server::answering(Box::leak(Box::new([too_many, "200 OK\r\ncontent-length: 2\r\n\r\nok"]))).await;
    let house = House::new(SlackSettings::new(format!("http://{}/services/T0/B0/x", server.address)));
    house.tell(&[firing("A")]).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let between = requests[1].at - requests[0].at;
    assert!(between >= Duration::from_secs(1), "{between:?}");
    let message: serde_json::Value = serde_json::from_str(&requests[0].body).unwrap();
    let attachment = &message["attachments"][0];
    assert_eq!(attachment["color"], "danger");
    let text = attachment["text"].as_str().unwrap();
    assert!(text.contains("fail &lt;now&gt;") && text.contains(TRACE_URL), "{text}");
}

#[tokio::test]
async fn slack_is_not_told_what_is_over_unless_it_is_wanted() {
    let server = Server::answering(&[]).await;
    let house = House::new(SlackSettings::new(format!("http://{}/services/T0/B0/x", server.address)));
    let alert = firing("A");
    house.tell(std::slice::from_ref(&alert)).await;
    house.notifier.receive(&[over(alert)], std::time::SystemTime::now());
    house.notifier.tick(std::time::SystemTime::now() + Duration::from_secs(3600));
    assert!(house.notifier.flush(support::PATIENCE).await);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_alertmanager_is_given_alerts_at_its_api() {
    let server = Server::answering(&[]).await;
    let house = House::new(AlertmanagerSettings::new(format!("http://{}/", server.address)));
    let alert = firing("A");
    house.tell(std::slice::from_ref(&alert)).await;
    house.tell(&[over(alert)]).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.line == "POST /api/v2/alerts HTTP/1.1"), "{requests:?}");
    let alert =
        |index: usize| serde_json::from_str::<serde_json::Value>(&requests[index].body).unwrap()[0].clone();
    assert!(alert(0)["endsAt"].as_str() > alert(0)["startsAt"].as_str());
    assert!(alert(1)["endsAt"].as_str() < alert(0)["endsAt"].as_str(), "it is over now");
    assert_eq!(house.notifier.snapshot(), [], "nobody has to remember");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_the_caller_never_waits() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut channel = otel_kit_alerts::channel::Channel::from(WebhookSettings::new(format!(
        "http://{}/",
        listener.local_addr().unwrap()
    )));
    channel.timeout = Duration::from_millis(50);
    let house = House::new(channel);
    let start = std::time::Instant::now();
    house.notifier.receive(&[firing("A")], std::time::SystemTime::now());
    house.notifier.tick(std::time::SystemTime::now());
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(!house.notifier.flush(Duration::from_millis(300)).await);
}

#[cfg(feature = "tls")]
mod over_tls {
    use std::sync::Arc;

    use otel_kit_alerts::channel::{Channel, WebhookSettings};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };
    use tokio_rustls::{
        TlsAcceptor,
        rustls::{
            ServerConfig,
            crypto::ring::default_provider,
            pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        },
    };

    use crate::support::{House, firing};

    #[tokio::test]
    async fn a_server_that_the_file_vouches_for_is_posted_to_and_no_other() {
        let identity = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, identity.cert.pem()).unwrap();
        let url = format!("https://{}/hook", serve(&identity).await);

        let mut settings = WebhookSettings::new(url.clone());
        settings.ca_file = Some(ca_file);
        let house = House::new(settings);
        house.tell(&[firing("A")]).await;
        assert_eq!(house.outcomes(), [("sent".to_owned(), "first notification".to_owned())]);

        let house = House::new(Channel::from(WebhookSettings::new(url)));
        house.notifier.receive(&[firing("A")], std::time::SystemTime::now());
        assert!(!house.notifier.flush(std::time::Duration::from_secs(1)).await, "it is tried again");
        assert_eq!(house.notifier.snapshot(), []);
    }

    async fn serve(identity: &rcgen::CertifiedKey<rcgen::KeyPair>) -> String {
        let chain = vec![CertificateDer::from_pem_slice(identity.cert.pem().as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(identity.signing_key.serialize_pem().as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                assert!(stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0));
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.ok();
            }
        });
        address
    }
}
