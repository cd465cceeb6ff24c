//! Errors that Sentry's client captures, which knows no budget of groups.

use std::{hint::black_box, process::ExitCode, sync::Arc, time::Duration};

use exceptions_input::{opaque, typed};
use measure::Loop;
use sentry::{ClientOptions, Envelope, Transport};

fn main() -> ExitCode {
    measure::main(&[("captured", captured), ("captured-opaque", captured_opaque)])
}

fn captured(measured: Loop) {
    let (_client, error) = (client(), typed());
    measured.run(|| {
        black_box(sentry::capture_error(black_box(&error)));
    });
}

fn captured_opaque(measured: Loop) {
    let (_client, error) = (client(), opaque());
    measured.run(|| {
        black_box(sentry::capture_error(black_box(&*error)));
    });
}

/// What takes everything at once.
struct Nowhere;

impl Transport for Nowhere {
    fn send_envelope(&self, envelope: Envelope) {
        drop(envelope);
    }

    fn flush(&self, _timeout: Duration) -> bool {
        true
    }
}

fn client() -> sentry::ClientInitGuard {
    let transport = |_: &ClientOptions| Arc::new(Nowhere) as Arc<dyn Transport>;
    let mut options = ClientOptions::default();
    options.dsn = "http://key@127.0.0.1/1".parse().ok();
    options.transport = Some(Arc::new(transport));
    sentry::init(options)
}
