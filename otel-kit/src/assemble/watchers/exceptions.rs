use std::{sync::Arc, thread, time::Duration};

use otel_kit_core::{Kit, KitBuilder, diag};
use otel_kit_exceptions::{ExceptionsBuilder, PanicHook, Record};
use otel_kit_sdk::Pipeline;
use tracing::{Dispatch, Subscriber, dispatcher};
use tracing_subscriber::{Layer, registry::LookupSpan};

use crate::{assemble::Lines, config::Config};

/// Is asked of each exception before it is exported.
pub(crate) type BeforeSend = Box<dyn Fn(&mut Record) -> bool + Send + Sync>;

/// The exceptions of this telemetry.
#[derive(Clone, Debug)]
pub(crate) struct Exceptions(otel_kit_exceptions::Exceptions);

impl Exceptions {
    /// Nothing where they are off. The configuration has checked the rules.
    pub(super) fn start(
        config: &Config,
        calling_crate: Option<&str>,
        before_send: Option<BeforeSend>,
    ) -> Option<Self> {
        if config.disabled || !config.exceptions.enabled {
            return None;
        }
        let builder = otel_kit_exceptions::Exceptions::builder(config.exceptions.clone());
        let exceptions =
            before_send.into_iter().fold(builder, ExceptionsBuilder::before_send).build().ok()?;
        if let Some(name) = calling_crate {
            exceptions.learn_crate(&name.replace('-', "_"));
        }
        Some(Self(exceptions))
    }

    pub(super) fn watch(&self, kit: KitBuilder) -> KitBuilder {
        kit.exception_sink(Arc::new(self.0.clone())).exception_groups(Arc::new(self.0.clone()))
    }

    pub(super) fn connect(&self, kit: &Kit) {
        self.0.connect(kit);
    }

    /// Takes events with errors for exceptions.
    pub(crate) fn errors<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.0.layer()
    }

    /// Remembers the last lines.
    pub(crate) fn log_lines<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.0.log_lines()
    }

    /// Reports panics; one that ends the process waits until it is exported.
    pub(crate) fn install_panic_hook(&self, pipeline: &Pipeline, lines: &Lines) {
        let (flush, lines) = (pipeline.flusher(), lines.clone());
        self.0.install_panic_hook(PanicHook::new().flush(move |timeout| {
            lines.flush(timeout);
            flush(timeout);
        }));
    }

    /// Says how well this build's exceptions can be grouped. It takes a moment, on a thread of its own.
    pub(crate) fn announce(&self, lines: &Dispatch) {
        let (exceptions, lines) = (self.0.clone(), lines.clone());
        let say = move || {
            let line = exceptions.start_line();
            dispatcher::with_default(&lines, || tracing::info!(target: diag::TARGET, "{line}"));
        };
        let _unsaid = thread::Builder::new().name(NAME.to_owned()).spawn(say);
    }

    pub(crate) fn explain(&self, fingerprint: &str) -> Option<String> {
        self.0.explain(fingerprint)
    }

    pub(super) fn flush(&self, timeout: Duration) {
        let _in_time = self.0.flush(timeout);
    }

    pub(super) fn end(&self, timeout: Duration) {
        self.0.shutdown(timeout);
    }
}

const NAME: &str = "otel-kit-start";
