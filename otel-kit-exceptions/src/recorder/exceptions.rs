use std::{
    sync::{
        Arc,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use otel_kit_core::{
    Kit,
    exception::{Exception, ExceptionSink, Group, GroupSource},
    settings::ExceptionSettings,
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};

use super::{
    AfterFlush, ExceptionsBuilder, Incoming, Inner, deadline_in,
    inside::{Doing, doing},
    output::Output,
    worker::Message,
};
use crate::{
    layer::{ErrorEvents, LogLines, OnlyErrors},
    panic_hook::{self, PanicHook},
    stack::{Symboliser, capture},
};

/// The exceptions of this process: a sink for the kit's adapters, and the source of the groups. Cheap to clone.
///
/// The kit is built with it and then [connected](Self::connect); it ends with [`shutdown`](Self::shutdown). See the
/// crate's documentation for an example.
#[derive(Clone, Debug)]
pub struct Exceptions {
    inner: Arc<Inner>,
}

impl Exceptions {
    /// Starts with what the configuration says.
    pub fn builder(settings: ExceptionSettings) -> ExceptionsBuilder {
        ExceptionsBuilder::new(settings)
    }

    pub(crate) const fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// Sends events and measurements to this kit from now on, until [`shutdown`](Self::shutdown).
    pub fn connect(&self, kit: &Kit) {
        let before = self.inner.shared.output().replace(Output::new(kit));
        drop(before);
    }

    /// Says that a crate is the application's own, as its name is written in paths.
    pub fn learn_crate(&self, name: &str) {
        self.inner.shared.in_app.learn(name);
    }

    /// A layer that takes events of `tracing` with errors for exceptions: events of the levels `ERROR` and `WARN`
    /// that have a field `error = &error as &dyn Error` of any name, and those of level `ERROR` with a text in a
    /// field `error`, `err` or `exception.message`. It brings its own filter, which asks for no other events.
    ///
    /// Add it directly on the registry. It also learns from the places of events which crates are the application's
    /// own.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        if self.inner.shared.settings.log_events {
            self.inner.shared.seen.expect_texts();
        }
        let filter = OnlyErrors::new(Arc::clone(&self.inner));
        ErrorEvents::new(Arc::clone(&self.inner)).with_filter(filter)
    }

    /// A layer that remembers the last log lines of each trace. It has no filter: add it to the layer that writes
    /// log lines (`log_layer.and_then(exceptions.log_lines())`), below that one's filter, so that it sees the same
    /// lines and asks for no others.
    pub fn log_lines<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        LogLines::new(Arc::clone(&self.inner))
    }

    /// Reports panics from now on; the hook that was there is called too. Once installed it stays, and does nothing
    /// after [`shutdown`](Self::shutdown). A second time nothing happens, nor where the settings say so.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use otel_kit_core::settings::ExceptionSettings;
    /// use otel_kit_exceptions::{Exceptions, PanicHook};
    ///
    /// let exceptions = Exceptions::builder(ExceptionSettings::default()).build()?;
    /// exceptions.install_panic_hook(PanicHook::new().deadline(Duration::from_secs(1)));
    /// # Ok::<_, otel_kit_exceptions::RuleError>(())
    /// ```
    pub fn install_panic_hook(&self, hook: PanicHook) {
        panic_hook::install(&self.inner, hook);
    }

    /// Hands over all exceptions so far to the kit, and waits for that at most `timeout`; tells whether it came
    /// about. Blocks, except on the kit's own threads, where it does nothing.
    #[must_use = "it may not have come about"]
    pub fn flush(&self, timeout: Duration) -> bool {
        self.inner.flush(timeout, None)
    }

    /// The same, and it is the last: what comes later is lost and counted, and the kit is let go of.
    pub fn shutdown(&self, timeout: Duration) -> bool {
        let has_ended = self.inner.ask(deadline_in(timeout), Message::End);
        self.inner.shared.end();
        has_ended
    }

    /// Which component of the group's fingerprint says what; `None` if there is no such group (any more).
    #[must_use]
    pub fn explain(&self, fingerprint: &str) -> Option<String> {
        self.inner.shared.groups().explanation(fingerprint).map(str::to_owned)
    }

    /// How well this build's exceptions can be grouped, as a line for the log. It reads the debug information of
    /// the executable, which takes some milliseconds.
    #[must_use]
    pub fn start_line(&self) -> String {
        if self.inner.shared.settings.stacktrace {
            let stack = Symboliser::new(self.inner.shared.in_app.clone()).frames(&capture());
            if stack.is_complete {
                return FRAMES.to_owned();
            }
        }
        PLACE.to_owned()
    }

    /// How many exceptions were counted nowhere, or not exported although their group had the budget, by reason.
    /// They are measured as `otel_kit.exceptions.lost`.
    #[must_use]
    pub fn lost(&self) -> Vec<(&'static str, u64)> {
        self.inner.shared.losses.all().map(|(loss, count)| (loss.reason(), count)).collect()
    }
}

impl ExceptionSink for Exceptions {
    fn record(&self, exception: &Exception<'_>) {
        let given = exception.error().is_none().then(|| exception.message()).flatten();
        self.inner.take(&Incoming::of(exception, given.as_deref()));
    }
}

impl GroupSource for Exceptions {
    fn groups(&self) -> Vec<Group> {
        self.inner.shared.groups().all(|nanos| self.inner.shared.timeline.wall(nanos))
    }
}

impl Inner {
    pub(crate) fn flush(&self, timeout: Duration, after: Option<AfterFlush>) -> bool {
        self.ask(deadline_in(timeout), |done| Message::Flush(done, after))
    }

    /// Asks the worker for something and waits for its answer. True if there is nobody to ask, since then there is
    /// nothing to be done.
    fn ask(&self, until: Instant, question: impl FnOnce(SyncSender<()>) -> Message) -> bool {
        if doing() == Doing::Own {
            return false;
        }
        let Some(inbox) = self.started() else { return true };
        let (done, answer) = sync_channel(1);
        let mut message = question(done);
        loop {
            match inbox.try_send(message) {
                Ok(()) => break,
                Err(TrySendError::Full(unsent)) if Instant::now() < until => message = unsent,
                Err(_) => return false,
            }
            thread::sleep(RETRY);
        }
        answer.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok()
    }
}

const RETRY: Duration = Duration::from_millis(1);

const FRAMES: &str = "exceptions are grouped by the functions on their stacks";
const PLACE: &str = "exceptions are grouped by the place where they are recorded: this build has not enough debug \
                     information for more, `debug = \"limited\"` in its profile would do";
