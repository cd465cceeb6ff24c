use url::Url;

use super::{
    AlertmanagerSettings, Answer, Failure, Notify, Telling,
    http::{Endpoint, Policy},
    payload::PostableAlert,
};
use crate::{
    mask::Secret,
    notify::{Notification, SettingsError},
};

/// Posts alerts to the API of an Alertmanager.
#[derive(Debug)]
pub(super) struct Alertmanager {
    endpoint: Endpoint,
}

impl Alertmanager {
    pub(super) fn new(settings: &AlertmanagerSettings) -> Result<Self, SettingsError> {
        let (headers, ca_file) = (&settings.headers, settings.ca_file.as_deref());
        let endpoint = Endpoint::new(&api(&settings.url), headers, ca_file, Policy::default())?;
        Ok(Self { endpoint })
    }

    async fn post(&self, notification: &Notification) -> Answer {
        let alerts = notification.alerts.iter().map(|alert| PostableAlert::of(alert, notification.at));
        match serde_json::to_vec(&alerts.collect::<Vec<_>>()) {
            Ok(body) => self.endpoint.post(body, None).await,
            Err(error) => Answer::Failed(Failure::new("payload", error.to_string())),
        }
    }
}

impl Notify for Alertmanager {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        Box::pin(self.post(notification))
    }
}

/// What cannot be parsed is told by who parses it again.
fn api(address: &Secret) -> Secret {
    let Ok(mut url) = Url::parse(address.reveal()) else { return address.clone() };
    let path = format!("{}{PATH}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Secret::from(String::from(url))
}

const PATH: &str = "/api/v2/alerts";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_begins_where_the_address_ends() {
        let cases = [
            ("http://am:9093", "http://am:9093/api/v2/alerts"),
            ("http://am:9093/", "http://am:9093/api/v2/alerts"),
            (
                "https://monitoring.example/alertmanager/",
                "https://monitoring.example/alertmanager/api/v2/alerts",
            ),
        ];
        for (address, expected) in cases {
            assert_eq!(api(&address.into()).reveal(), expected);
        }
    }
}
