//! The layer for events with errors asks for nothing else. Alone in its process: levels are the process's.

mod support;

use std::{error::Error, io};

use otel_kit_core::settings::ExceptionSettings;
use tracing::{Level, level_filters::LevelFilter, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt as _, registry};

use support::{rig, settings};

#[test]
fn nothing_is_asked_for_but_events_that_may_carry_an_error() {
    let rig = rig(ExceptionSettings::default());
    with_default(registry().with(rig.exceptions.layer()), || {
        assert!(tracing::enabled!(Level::WARN, error));
        assert!(!tracing::enabled!(Level::INFO, error));
        assert!(!tracing::enabled!(Level::ERROR));
        assert!(!tracing::span_enabled!(Level::ERROR, error));
        assert_eq!(LevelFilter::current(), LevelFilter::WARN);
    });
    let off = support::rig(settings(|settings| settings.log_events = false));
    with_default(registry().with(off.exceptions.layer()), || {
        assert!(!tracing::enabled!(Level::ERROR, error));
        tracing::error!(error = &io::Error::from(io::ErrorKind::NotFound) as &dyn Error);
    });
    assert!(off.events().is_empty());
}
