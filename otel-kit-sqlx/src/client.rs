use std::{
    any::type_name,
    sync::{Arc, Weak},
};

use opentelemetry::Context;
use otel_kit_core::{
    Kit, Lazy, Tracer,
    exception::{Exception, Mechanism},
    semconv::event::DB_CLIENT_OPERATION_EXCEPTION,
    settings::SqlSettings,
};
use sqlx_core::error::Error;

use crate::{
    gauges::{Gauged, Pools},
    metrics::Instruments,
    statement::{Statement, Statements},
    target::Target,
};

/// What a database makes of its kit; its pool, connections and transactions share it.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) tracer: Tracer,
    pub(crate) target: Target,
    pub(crate) instruments: Instruments,
    kit: Kit,
    statements: Statements,
}

/// A database, and its client once there is a kit.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) target: Target,
    pub(crate) kit: Option<Kit>,
    pool: Weak<dyn Gauged>,
    client: Lazy<Arc<Client>>,
}

impl Client {
    fn new(kit: &Kit, target: &Target, pool: &Weak<dyn Gauged>) -> Self {
        let meter = kit.meter(SCOPE, VERSION);
        let pool_name = kit.part(|| Pools::new(&meter)).enter(pool, target);
        Self {
            tracer: kit.tracer(SCOPE, VERSION),
            instruments: Instruments::new(&meter, target, pool_name),
            target: target.clone(),
            kit: kit.clone(),
            statements: Statements::new(),
        }
    }

    pub(crate) fn settings(&self) -> &SqlSettings {
        &self.kit.settings().sql
    }

    /// Tells the kit's sinks of a statement that failed, if that is asked for. Its context is current.
    pub(crate) fn tell_exception(&self, error: &Error, context: &Context) {
        if self.kit.settings().exceptions.client_calls {
            let exception = Exception::new(DB_CLIENT_OPERATION_EXCEPTION, Mechanism::Client, context);
            self.kit.record_exception(&exception.with_error(error).with_type_name(type_name::<Error>()));
        }
    }

    /// What is known of a statement.
    pub(crate) fn statement(&self, sql: &str, is_parameterised: bool) -> Arc<Statement> {
        self.statements.of(self.target.dialect, sql, is_parameterised)
    }
}

impl Source {
    /// Uses `kit`, or the installed one.
    pub(crate) fn new(target: Target, kit: Option<Kit>, pool: Weak<dyn Gauged>) -> Self {
        let client = kit.clone().map_or_else(Lazy::global, Lazy::with);
        Self { target, kit, pool, client }
    }

    /// `None` as long as no kit is installed.
    pub(crate) fn client(&self) -> Option<&Arc<Client>> {
        self.client.get(|kit| Arc::new(Client::new(kit, &self.target, &self.pool)))
    }
}

pub(crate) const SCOPE: &str = env!("CARGO_PKG_NAME");
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
