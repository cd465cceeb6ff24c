use std::{
    sync::{OnceLock, Weak},
    thread,
};

use otel_kit_core::{CarriedContext, Kit};
use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    dispatcher::WeakDispatch,
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{
    aside, carrier,
    event::Executed,
    filter::{TARGET, is_statement},
    others,
    record::record,
};
use crate::{
    client::Source,
    gauges::{Gauged, Numbers},
    mark::Mark,
    target::Target,
};

/// What is behind the filter: it sees sqlx's own events, and the carriers of this crate.
pub(super) struct Statements {
    unknown: Source,
    sqlite: Source,
    subscriber: OnceLock<WeakDispatch>,
}

impl Statements {
    pub(super) fn new(kit: Option<&Kit>) -> Self {
        others::make_known();
        let source = |target| Source::new(target, kit.cloned(), Weak::<NoPool>::new());
        Self {
            unknown: source(Target::other()),
            sqlite: source(Target::sqlite()),
            subscriber: OnceLock::new(),
        }
    }

    /// What is known of the database: SQLite's statements come from threads that sqlx makes and names.
    fn source(&self) -> &Source {
        let is_sqlite = thread::current().name().is_some_and(|name| name.starts_with(SQLITE_THREAD));
        if is_sqlite { &self.sqlite } else { &self.unknown }
    }
}

impl<S> Layer<S> for Statements
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        let _first_is_kept = self.subscriber.set(subscriber.downgrade());
    }

    /// A no here is one for all layers: sqlx writes the statement out for everybody or for nobody.
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        !is_statement(metadata) || !Mark::is_set() || others::want(metadata.level())
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // Records of the `log` crate are let through under one target and come with another one.
        if Mark::is_set() || event.metadata().target() != TARGET {
            return;
        }
        let Some(client) = self.source().client().filter(|client| client.settings().auto) else { return };
        let slow = record(client, &Executed::of(event));
        if let Some((slow, subscriber)) = slow.zip(self.subscriber.get()) {
            aside::warn(slow, subscriber.clone());
        }
    }

    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(carrier) = context.span(id) {
            carrier.extensions_mut().replace(CarriedContext::new(opentelemetry::Context::current()));
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let carried = context.span(id).and_then(|span| span.extensions().get::<CarriedContext>().cloned());
        if let Some(carried) = carried {
            carrier::enter(id, &carried);
        }
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        carrier::exit(id);
    }
}

/// Statements alone: nobody knows their pools here.
struct NoPool;

impl Gauged for NoPool {
    fn id(&self) -> usize {
        0
    }

    fn numbers(&self) -> Option<Numbers> {
        None
    }
}

/// How the names of SQLite's threads begin, if the application gives them none.
const SQLITE_THREAD: &str = "sqlx-sqlite-worker-";

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    };

    use otel_kit_testing::Telemetry;
    use sqlx_core::{connection::LogSettings, logger::QueryLogger, sql_str::SqlSafeStr};
    use tracing::{
        Level,
        subscriber::{DefaultGuard, Interest, set_default},
    };
    use tracing_subscriber::{
        filter::LevelFilter,
        layer::{Filter, SubscriberExt},
        registry,
    };

    use super::*;
    use crate::{auto::StatementLayer, span::SqlSpan, statement::Dialect};

    /// Wants nothing, and counts the statements that sqlx wrote out.
    #[derive(Clone, Default)]
    struct Written(Arc<AtomicUsize>);

    impl<S: Subscriber> Layer<S> for Written {}

    impl<S> Filter<S> for Written {
        fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
            if is_statement(metadata) && metadata.is_event() {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
            false
        }

        fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
            Interest::never()
        }

        fn max_level_hint(&self) -> Option<LevelFilter> {
            Some(LevelFilter::OFF)
        }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<&'static str>>>);

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(event.metadata().target());
        }
    }

    struct App {
        telemetry: Telemetry,
        written: Written,
        lines: Lines,
        _subscriber: DefaultGuard,
        _alone: MutexGuard<'static, ()>,
    }

    /// What one subscriber wants is written out for all that there are.
    static ALONE: Mutex<()> = Mutex::new(());

    impl App {
        fn new(lines_up_to: LevelFilter) -> Self {
            let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
            let (telemetry, written, lines) = (Telemetry::new(), Written::default(), Lines::default());
            let subscriber = registry()
                .with(StatementLayer::new().with(telemetry.kit()).build())
                .with(lines.clone().with_filter(lines_up_to))
                .with(written.clone().with_filter(written.clone()));
            Self { _subscriber: set_default(subscriber), telemetry, written, lines, _alone }
        }

        /// A statement of a wrapped pool whose driver works where it is polled.
        fn wrapped(&self, of_driver: impl FnOnce()) {
            let mut target = Target::other();
            target.dialect = Dialect::PostgreSql;
            let source = Source::new(target, Some(self.telemetry.kit().clone()), Weak::<NoPool>::new());
            let client = source.client().unwrap();
            let mut span = SqlSpan::start(client, client.statement(SQL, false));
            {
                let _entered = span.enter();
                of_driver();
            }
            span.finish(Ok(()));
        }

        fn spans(&self) -> Vec<String> {
            self.telemetry.spans().into_iter().map(|span| span.name).collect()
        }

        fn written(&self) -> usize {
            self.written.0.load(Ordering::Relaxed)
        }
    }

    const SQL: &str = "SELECT name FROM users";

    fn log() {
        drop(QueryLogger::new(SQL.into_sql_str(), LogSettings::default()));
    }

    #[test]
    fn a_statement_that_has_a_span_is_not_written_out_for_nobody() {
        let app = App::new(LevelFilter::INFO);
        app.wrapped(|| {
            log();
            assert!(!tracing::enabled!(target: TARGET, Level::DEBUG));
            assert!(tracing::enabled!(target: TARGET, Level::WARN), "lines want it");
        });
        assert_eq!((app.spans().len(), app.written()), (1, 0));
        log();
        assert_eq!((app.spans().len(), app.written()), (2, 1), "nobody wrapped this one");
        assert!(app.lines.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_statement_that_has_a_span_is_written_out_for_a_line_and_gets_no_second_span() {
        let app = App::new(LevelFilter::DEBUG);
        app.wrapped(log);
        assert_eq!(app.spans(), ["SELECT users"]);
        assert_eq!(*app.lines.0.lock().unwrap(), [TARGET]);
    }

    #[test]
    fn the_answers_of_other_layers_are_their_own_after_a_no() {
        let app = App::new(LevelFilter::INFO);
        app.wrapped(|| {
            log();
            tracing::info!(target: "app", "inside");
        });
        tracing::info!(target: "app", "outside");
        assert_eq!(*app.lines.0.lock().unwrap(), ["app", "app"]);
    }
}
