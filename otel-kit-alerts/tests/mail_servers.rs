//! What mail servers get, over the wire, in the clear and over TLS.

#![cfg(all(feature = "email", feature = "tls"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may

mod support;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use otel_kit_alerts::channel::{Channel, EmailSettings, EmailTls};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::support::{House, TRACE_URL, firing};

#[tokio::test]
async fn mail_goes_out_after_starttls_with_a_login() {
    let sink = Sink::start(Offer::StartTls, "250 taken").await;
    let house = House::new(sink.settings(None));
    house.tell(&[firing("HighErrorRatio")]).await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(mail.is_encrypted && mail.login.as_deref() == Some("AHdyaXRlcgBodW50ZXIy"), "{mail:?}");
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("alerts@orders.example", &["ops@orders.example".to_owned()][..])
    );
    assert!(
        mail.data.contains("Subject: [FIRING:1] HighErrorRatio (checkout page)\r\n")
            || mail.data.contains("Subject: [FIRING:1] HighErrorRatio (page checkout)\r\n"),
        "{}",
        mail.data
    );
    assert!(mail.data.replace("=\r\n", "").contains(TRACE_URL), "{}", mail.data);
    assert_eq!(house.outcomes(), [("sent".to_owned(), "first notification".to_owned())]);
}

#[tokio::test]
async fn mail_goes_out_over_tls_from_the_start() {
    let sink = Sink::start(Offer::Implicit, "250 taken").await;
    let house = House::new(sink.settings(Some(EmailTls::Implicit)));
    house.tell(&[firing("A")]).await;
    assert!(sink.mails()[0].is_encrypted);
}

#[tokio::test]
async fn without_starttls_no_mail_and_no_password_goes_out() {
    let sink = Sink::start(Offer::Nothing, "250 taken").await;
    let house = House::new(sink.settings(None));
    house.tell(&[firing("A")]).await;
    assert_eq!(sink.mails().len(), 0);
    assert_eq!(house.outcomes(), [("failed".to_owned(), "client".to_owned())]);
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_gets_nothing() {
    let sink = Sink::start(Offer::StartTls, "250 taken").await;
    let mut settings = sink.settings(None);
    settings.ca_file = None;
    let mut channel = Channel::from(settings);
    channel.max_per_minute = 600;
    let house = House::new(channel);
    house.notifier.receive(&[firing("A")], std::time::SystemTime::now());
    assert!(!house.notifier.flush(std::time::Duration::from_secs(1)).await, "it is tried again");
    assert_eq!(sink.mails().len(), 0);
}

#[tokio::test]
async fn a_server_on_this_machine_may_be_spoken_to_in_the_clear() {
    let sink = Sink::start(Offer::Nothing, "250 taken").await;
    let mut settings = sink.settings(Some(EmailTls::None));
    (settings.username, settings.password) = (None, None);
    House::new(settings).tell(&[firing("A")]).await;
    let mails = sink.mails();
    assert!(!mails[0].is_encrypted && mails[0].login.is_none());
}

#[tokio::test]
async fn a_refusal_for_good_is_final_and_quotes_no_password() {
    let sink = Sink::start(Offer::StartTls, "550 hunter2 is not welcome").await;
    let settings = sink.settings(None);
    assert!(!format!("{settings:?}").contains("hunter2"));
    let house = House::new(settings);
    house.tell(&[firing("A")]).await;
    assert_eq!(house.outcomes(), [("failed".to_owned(), "550".to_owned())]);
    assert_eq!(sink.mails().len(), 1, "one try");
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again() {
    let sink = Sink::start(Offer::StartTls, "451 later").await;
    let house = House::new(sink.settings(None));
    house.notifier.receive(&[firing("A")], std::time::SystemTime::now());
    assert!(!house.notifier.flush(std::time::Duration::from_secs(3)).await);
    assert!(sink.mails().len() >= 2);
}

#[derive(Clone, Copy, PartialEq)]
enum Offer {
    Nothing,
    StartTls,
    Implicit,
}

/// A server that takes every mail, or says what it is told to.
struct Sink {
    port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    folder: TempDir,
}

#[derive(Clone, Debug, Default)]
struct Mail {
    is_encrypted: bool,
    login: Option<String>,
    from: String,
    to: Vec<String>,
    data: String,
}

impl Sink {
    async fn start(offer: Offer, answer: &'static str) -> Self {
        let identity = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), identity.cert.pem()).unwrap();
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
        let port = listener.local_addr().unwrap().port();
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let taken = mails.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, acceptor.clone(), offer, answer, taken.clone()));
            }
        });
        Self { port, mails, folder }
    }

    fn settings(&self, tls: Option<EmailTls>) -> EmailSettings {
        let server = format!("127.0.0.1:{}", self.port);
        let mut settings =
            EmailSettings::new(server, "Alerts <alerts@orders.example>", ["ops@orders.example"]);
        settings.tls = tls;
        settings.ca_file = Some(self.ca_file());
        settings.username = Some("writer".into());
        settings.password = Some("hunter2".into());
        settings
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    offer: Offer,
    answer: &'static str,
    mails: Arc<Mutex<Vec<Mail>>>,
) {
    let talk = |is_encrypted| Talk { offer, answer, is_encrypted, mails: mails.clone() };
    if offer == Offer::Implicit {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        talk(true).hold(BufReader::new(stream), true).await;
        return;
    }
    let Some(stream) = talk(false).hold(BufReader::new(stream), true).await else { return };
    let Ok(stream) = acceptor.accept(stream.into_inner()).await else { return };
    talk(true).hold(BufReader::new(stream), false).await;
}

struct Talk {
    offer: Offer,
    answer: &'static str,
    is_encrypted: bool,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl Talk {
    /// Until the end, or until TLS begins: then the connection is given back.
    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(
        self,
        mut stream: BufReader<S>,
        greets: bool,
    ) -> Option<BufReader<S>> {
        if greets {
            say(&mut stream, "220 sink").await?;
        }
        let mut mail = Mail { is_encrypted: self.is_encrypted, ..Mail::default() };
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" if self.is_encrypted => say(&mut stream, "250-sink\r\n250 AUTH PLAIN LOGIN").await?,
                "EHLO" if self.offer == Offer::StartTls => {
                    say(&mut stream, "250-sink\r\n250 STARTTLS").await?;
                }
                "EHLO" => say(&mut stream, "250-sink\r\n250 8BITMIME").await?,
                "STARTTLS" => {
                    say(&mut stream, "220 go on").await?;
                    return Some(stream);
                }
                "AUTH" => {
                    mail.login = line.rsplit(' ').next().map(str::to_owned);
                    say(&mut stream, "235 welcome").await?;
                }
                "MAIL" => {
                    mail.from = address(line);
                    say(&mut stream, "250 ok").await?;
                }
                "RCPT" => {
                    mail.to.push(address(line));
                    say(&mut stream, "250 ok").await?;
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    while !mail.data.ends_with("\r\n.\r\n") {
                        stream.read_line(&mut mail.data).await.ok().filter(|read| *read > 0)?;
                    }
                    self.mails.lock().unwrap().push(mail.clone());
                    say(&mut stream, self.answer).await?;
                }
                "QUIT" => {
                    say(&mut stream, "221 bye").await?;
                    return None;
                }
                _ => say(&mut stream, "250 ok").await?,
            };
        }
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
