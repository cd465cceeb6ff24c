use std::path::PathBuf;

use crate::mask::Secret;

/// Which server takes mail, from whom and to whom.
///
/// Messages about one group on one day have the same references, so that mail programs show them as a thread.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EmailSettings {
    /// Name of the server, with a port (`smtp.example:587`), which is 587 by default.
    pub smarthost: String,
    /// Sender, such as `Alerts <alerts@orders.example>`.
    pub from: String,
    /// Receivers.
    pub to: Vec<String>,
    /// How the connection is secured; by default with TLS from the start on port 465, and by STARTTLS on others.
    pub tls: Option<EmailTls>,
    /// Certificates (PEM) to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Who we are to the server; the login is PLAIN or LOGIN.
    pub username: Option<String>,
    /// With which password.
    pub password: Option<Secret>,
    /// Template of the subject.
    pub subject: Option<String>,
    /// Template of the text.
    pub text: Option<String>,
    /// Template of the HTML.
    pub html: Option<String>,
}

/// How a connection for mail is secured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EmailTls {
    /// By STARTTLS; a server that does not offer it gets no mail.
    StartTls,
    /// From the start.
    Implicit,
    /// Not at all: for a server on the same machine. No login then.
    None,
}

impl EmailSettings {
    /// Mail from somebody to some people.
    pub fn new<T: Into<String>>(
        smarthost: impl Into<String>,
        from: impl Into<String>,
        to: impl IntoIterator<Item = T>,
    ) -> Self {
        Self {
            smarthost: smarthost.into(),
            from: from.into(),
            to: to.into_iter().map(Into::into).collect(),
            tls: None,
            ca_file: None,
            username: None,
            password: None,
            subject: None,
            text: None,
            html: None,
        }
    }
}
