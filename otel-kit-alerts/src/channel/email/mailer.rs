use std::{fmt, net::Ipv6Addr, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{self, AsyncSmtpTransportBuilder, authentication::Credentials},
};

use super::{EmailSettings, message::Mail, tls};
use crate::{
    channel::{Answer, Failure, Notify, Telling},
    mask::Scrubber,
    notify::{Notification, SettingsError},
};

/// Sends mail, each over a connection of its own.
pub(super) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    mail: Mail,
    server: String,
    scrubber: Scrubber,
}

impl Mailer {
    pub(super) fn new(settings: &EmailSettings) -> Result<Self, SettingsError> {
        let (host, port) = split(&settings.smarthost)?;
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port).timeout(Some(TIMEOUT));
        let builder = secured(builder, host, port, settings)?;
        let transport = match (&settings.username, &settings.password) {
            (Some(user), Some(password)) => {
                builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()))
            }
            (None, None) => builder,
            _ => {
                return Err(SettingsError::new(
                    "username",
                    "a login needs a user and a password",
                    "give both, or none",
                ));
            }
        };
        Ok(Self {
            transport: transport.build(),
            mail: Mail::new(settings)?,
            server: settings.smarthost.clone(),
            scrubber: Scrubber::new(settings.password.iter().map(|password| password.reveal())),
        })
    }

    async fn send(&self, notification: &Notification) -> Answer {
        let message = match self.mail.about(notification) {
            Ok(message) => message,
            Err(error) => return Answer::Failed(self.failure("payload", &error.to_string())),
        };
        match self.transport.send(message).await {
            Ok(_) => Answer::Sent,
            Err(error) => self.judge(&error),
        }
    }

    /// 5xx of SMTP is final, and so is what the client itself refuses, such as a server without STARTTLS.
    fn judge(&self, error: &smtp::Error) -> Answer {
        let reason = match error.status() {
            Some(code) => code.to_string(),
            None if error.is_timeout() => "timeout".to_owned(),
            None if is_tls(error) => "tls".to_owned(),
            None if error.is_client() => "client".to_owned(),
            None => "connection".to_owned(),
        };
        let failure = self.failure(&reason, &error.to_string());
        if error.is_permanent() || error.is_client() {
            Answer::Failed(failure)
        } else {
            Answer::Retry { after: None, failure }
        }
    }

    fn failure(&self, reason: &str, detail: &str) -> Failure {
        Failure::new(reason.to_owned(), format!("{}: {}", self.server, self.scrubber.scrub(detail)))
    }
}

impl Notify for Mailer {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        Box::pin(self.send(notification))
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Name and port of a server. What is none may hold a password, so it is not quoted.
fn split(smarthost: &str) -> Result<(&str, u16), SettingsError> {
    let (host, port) = match smarthost.rsplit_once(':') {
        Some((host, port)) if !smarthost.ends_with(']') => (host, port.parse().ok()),
        _ => (smarthost, Some(SUBMISSION_PORT)),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let is_host = match bare {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(is_name),
    };
    match port {
        Some(port) if is_host && port != 0 => Ok((bare.unwrap_or(host), port)),
        _ => {
            let remedy = "write its name and maybe a port, such as `smtp.example:587`";
            Err(SettingsError::new("smarthost", "it is no server", remedy))
        }
    }
}

fn secured(
    builder: AsyncSmtpTransportBuilder,
    host: &str,
    port: u16,
    settings: &EmailSettings,
) -> Result<AsyncSmtpTransportBuilder, SettingsError> {
    let chosen = tls::chosen(settings, port)?;
    #[cfg(feature = "tls")]
    let builder = builder.tls(tls::parameters(host, settings, chosen)?);
    #[cfg(not(feature = "tls"))]
    let _ = (host, chosen);
    Ok(builder)
}

#[cfg(feature = "tls")]
fn is_tls(error: &smtp::Error) -> bool {
    error.is_tls()
}

#[cfg(not(feature = "tls"))]
const fn is_tls(_: &smtp::Error) -> bool {
    false
}

const SUBMISSION_PORT: u16 = 587;
/// Of one command; the try as a whole has the channel's limit.
const TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::EmailTls;

    fn settings(smarthost: &str) -> EmailSettings {
        EmailSettings::new(smarthost, "a@x.example", ["b@x.example"])
    }

    #[test]
    fn a_server_has_a_name_and_maybe_a_port() {
        assert_eq!(split("smtp.example").unwrap(), ("smtp.example", 587));
        assert_eq!(split("smtp.example:2525").unwrap(), ("smtp.example", 2525));
        assert_eq!(split("[::1]:25").unwrap(), ("::1", 25));
        assert_eq!(split("[::1]").unwrap(), ("::1", 587));
        for wrong in
            ["", ":25", "smtp.example:", "smtp.example:x", "smtp.example:0", "h:70000", "::1", "[x]:25"]
        {
            assert_eq!(split(wrong).unwrap_err().path, "smarthost", "{wrong}");
        }
        let error = split("smtp://ops:hunter2@smtp.example:587").unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error}");
    }

    #[test]
    fn a_login_is_whole_and_never_in_the_clear() {
        let mut half = settings("smtp.example");
        half.username = Some("ops".into());
        assert_eq!(
            Mailer::new(&EmailSettings { tls: Some(EmailTls::None), ..half.clone() }).unwrap_err().path,
            "username"
        );
        half.password = Some("hunter2".into());
        half.tls = Some(EmailTls::None);
        let error = Mailer::new(&half).unwrap_err();
        assert_eq!(error.path, "tls");
        assert!(!format!("{half:?} {error:?} {error}").contains("hunter2"));
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn tls_without_the_feature_is_refused_by_its_name() {
        assert!(Mailer::new(&settings("smtp.example")).unwrap_err().to_string().contains("`tls`"));
        assert!(
            Mailer::new(&EmailSettings { tls: Some(EmailTls::None), ..settings("localhost:25") }).is_ok()
        );
    }

    #[cfg(feature = "tls")]
    #[test]
    fn the_port_of_implicit_tls_means_implicit_tls() {
        for (smarthost, expected) in
            [("h:465", EmailTls::Implicit), ("h:587", EmailTls::StartTls), ("h:25", EmailTls::StartTls)]
        {
            let (_, port) = split(smarthost).unwrap();
            assert_eq!(tls::chosen(&settings(smarthost), port).unwrap(), expected);
        }
    }
}
