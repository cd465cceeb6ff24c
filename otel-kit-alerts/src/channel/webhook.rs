use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderName, HeaderValue};
use sha2::Sha256;

use super::{
    Answer, Failure, Notify, Telling, WebhookSettings,
    http::{Endpoint, Policy},
    payload::WebhookBody,
};
use crate::{
    mask::Secret,
    notify::{Notification, SettingsError},
};

/// Posts what Alertmanager would post.
#[derive(Debug)]
pub(super) struct Webhook {
    endpoint: Endpoint,
    hmac_key: Option<Secret>,
    max_alerts: usize,
}

impl Webhook {
    pub(super) fn new(settings: &WebhookSettings) -> Result<Self, SettingsError> {
        if settings.hmac_key.as_ref().is_some_and(|key| key.reveal().is_empty()) {
            let message = "an empty key signs nothing";
            return Err(SettingsError::new("hmac_key", message, "give one, or remove the setting"));
        }
        let endpoint =
            Endpoint::new(&settings.url, &settings.headers, settings.ca_file.as_deref(), Policy::default())?;
        Ok(Self { endpoint, hmac_key: settings.hmac_key.clone(), max_alerts: settings.max_alerts })
    }

    async fn post(&self, notification: &Notification) -> Answer {
        let body = match serde_json::to_vec(&WebhookBody::new(notification, self.max_alerts)) {
            Ok(body) => body,
            Err(error) => return Answer::Failed(Failure::new("payload", error.to_string())),
        };
        let signature = self.hmac_key.as_ref().and_then(|key| signature(key, &body));
        self.endpoint.post(body, signature.map(|value| (SIGNATURE, value))).await
    }
}

impl Notify for Webhook {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        Box::pin(self.post(notification))
    }
}

fn signature(key: &Secret, body: &[u8]) -> Option<HeaderValue> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()).ok()?;
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::try_from(format!("sha256={hex}")).ok()
}

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_key_is_refused() {
        let mut settings = WebhookSettings::new("http://hooks.example");
        settings.hmac_key = Some("".into());
        assert_eq!(Webhook::new(&settings).unwrap_err().path, "hmac_key");
    }

    #[test]
    fn the_signature_is_that_of_the_published_example() {
        let signed = signature(&"It's a Secret to Everybody".into(), b"Hello, World!").unwrap();
        assert_eq!(signed, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }
}
