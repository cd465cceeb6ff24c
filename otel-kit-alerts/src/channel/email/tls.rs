use super::{EmailSettings, EmailTls};
use crate::notify::SettingsError;

/// What is used on this port.
pub(super) fn chosen(settings: &EmailSettings, port: u16) -> Result<EmailTls, SettingsError> {
    let by_default = if port == IMPLICIT_PORT { EmailTls::Implicit } else { EmailTls::StartTls };
    let chosen = settings.tls.unwrap_or(by_default);
    if chosen != EmailTls::None && !cfg!(feature = "tls") {
        let remedy = "switch it on in Cargo.toml; for a server on this machine, say `none`";
        return Err(SettingsError::new("tls", "mail over TLS needs the feature `tls`", remedy));
    }
    if chosen == EmailTls::None && settings.password.is_some() {
        let message = "a password would be sent in the clear";
        return Err(SettingsError::new("tls", message, "take `starttls`, or remove the password"));
    }
    Ok(chosen)
}

#[cfg(feature = "tls")]
pub(super) fn parameters(
    host: &str,
    settings: &EmailSettings,
    chosen: EmailTls,
) -> Result<lettre::transport::smtp::client::Tls, SettingsError> {
    use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};

    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = &settings.ca_file {
        let unusable = |_| {
            let message = format!("{} holds no certificate", path.display());
            SettingsError::new("ca_file", message, "give a file with certificates as PEM")
        };
        let pem = crate::channel::http::read_ca(path)?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(unusable)?);
    }
    let build = || {
        parameters.build().map_err(|error| {
            SettingsError::new(
                "tls",
                format!("it cannot be set up: {error}"),
                "check ca_file and the TLS provider",
            )
        })
    };
    Ok(match chosen {
        EmailTls::None => Tls::None,
        EmailTls::StartTls => Tls::Required(build()?),
        EmailTls::Implicit => Tls::Wrapper(build()?),
    })
}

const IMPLICIT_PORT: u16 = 465;
