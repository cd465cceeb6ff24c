//! Mail over SMTP.

#[cfg(feature = "email")]
mod mailer;
#[cfg(feature = "email")]
mod message;
mod settings;
#[cfg(feature = "email")]
mod texts;
#[cfg(feature = "email")]
mod tls;

use std::sync::Arc;

use super::Notify;
use crate::notify::SettingsError;

pub use self::settings::{EmailSettings, EmailTls};

#[cfg(feature = "email")]
pub(super) fn build(settings: &EmailSettings) -> Result<Arc<dyn Notify>, SettingsError> {
    Ok(Arc::new(mailer::Mailer::new(settings)?))
}

#[cfg(not(feature = "email"))]
pub(super) fn build(_: &EmailSettings) -> Result<Arc<dyn Notify>, SettingsError> {
    Err(SettingsError::new("", "e-mail needs the feature `email`", "switch it on in Cargo.toml"))
}
