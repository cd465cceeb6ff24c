//! What the configuration says to adapters, in core's words.

use super::Config;
use otel_kit_core::{propagation::Propagator, settings::Settings};

impl Config {
    /// The settings of adapters.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.http_server = self.http.server.clone();
        settings.http_client = self.http.client.clone();
        settings.kafka = self.kafka.clone();
        settings.sql = self.sql.clone();
        settings.exceptions = self.exceptions.clone();
        settings
    }

    /// How the trace context goes in and out.
    #[must_use]
    pub fn propagator(&self) -> Propagator {
        Propagator::new(&self.propagators)
    }
}
