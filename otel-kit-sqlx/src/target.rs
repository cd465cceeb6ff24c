use std::{any::Any, sync::Arc};

use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::semconv::attribute::{DB_NAMESPACE, DB_SYSTEM_NAME, SERVER_ADDRESS, SERVER_PORT};
use sqlx_core::{connection::Connection, database::Database};

use crate::statement::Dialect;

/// The database at the other end, as far as its options tell without asking it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) system: StringValue,
    pub(crate) dialect: Dialect,
    pub(crate) namespace: Option<String>,
    /// Name of the pool, where it was given one.
    pub(crate) name: Option<String>,
    server: Option<Server>,
}

#[derive(Clone, Debug)]
struct Server {
    address: String,
    port: Option<u16>,
}

impl Target {
    /// What the options of a pool say.
    pub(crate) fn of<DB: Database>(options: &<DB::Connection as Connection>::Options) -> Self {
        known(options).unwrap_or_else(Self::other)
    }

    /// A database that nothing is known of.
    pub(crate) fn other() -> Self {
        Self::new(OTHER_SQL, Dialect::Other)
    }

    /// Some SQLite.
    pub(crate) fn sqlite() -> Self {
        Self::new("sqlite", Dialect::Sqlite)
    }

    fn new(system: &'static str, dialect: Dialect) -> Self {
        Self { system: system.into(), dialect, namespace: None, name: None, server: None }
    }

    /// The namespace with the schema that its names are looked up in.
    pub(crate) fn set_schema(&mut self, schema: &str) {
        self.namespace = Some(match &self.namespace {
            Some(database) => format!("{database}|{schema}"),
            None => schema.to_owned(),
        });
    }

    /// What spans and metrics say of it.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = KeyValue> {
        // Shared texts: each span has a copy of the attribute.
        let text = |text: &str| StringValue::from(Arc::<str>::from(text));
        let namespace = self.namespace.as_ref().map(|name| KeyValue::new(DB_NAMESPACE, text(name)));
        let address = self.server.as_ref().map(|server| KeyValue::new(SERVER_ADDRESS, text(&server.address)));
        let port = self.server.as_ref().and_then(|server| server.port);
        let port = port.map(|port| KeyValue::new(SERVER_PORT, i64::from(port)));
        [KeyValue::new(DB_SYSTEM_NAME, self.system.clone())]
            .into_iter()
            .chain(namespace)
            .chain(address)
            .chain(port)
    }

    /// Name of a span whose statement tells nothing.
    pub(crate) fn span_name(&self) -> String {
        self.namespace.clone().or_else(|| self.place()).unwrap_or_else(|| self.system.to_string())
    }

    /// Name of a pool that was given none: `address:port/namespace`, as far as that is known.
    pub(crate) fn default_pool_name(&self) -> String {
        match (self.place(), &self.namespace) {
            (None, Some(namespace)) => namespace.clone(),
            (Some(place), Some(namespace)) => format!("{place}/{namespace}"),
            (Some(place), None) => place,
            (None, None) => self.system.to_string(),
        }
    }

    fn place(&self) -> Option<String> {
        let server = self.server.as_ref()?;
        Some(match server.port {
            Some(port) => format!("{}:{port}", server.address),
            None => server.address.clone(),
        })
    }
}

impl Server {
    /// The port is only told where it is not the one that everybody expects.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    fn new(host: &str, port: u16, default_port: u16, socket: Option<&std::path::Path>) -> Self {
        match socket {
            Some(socket) => Self { address: socket.to_string_lossy().into_owned(), port: None },
            None => Self { address: host.to_owned(), port: (port != default_port).then_some(port) },
        }
    }
}

/// Options of the drivers that are compiled in.
fn known(options: &dyn Any) -> Option<Target> {
    #[cfg(feature = "postgres")]
    if let Some(options) = options.downcast_ref::<sqlx_postgres::PgConnectOptions>() {
        let socket = options.get_socket().map(std::path::PathBuf::as_path);
        return Some(Target {
            // Without a name, the server takes that of the user.
            namespace: Some(options.get_database().unwrap_or_else(|| options.get_username()).to_owned()),
            server: Some(Server::new(options.get_host(), options.get_port(), 5432, socket)),
            ..Target::new("postgresql", Dialect::PostgreSql)
        });
    }
    #[cfg(feature = "mysql")]
    if let Some(options) = options.downcast_ref::<sqlx_mysql::MySqlConnectOptions>() {
        let socket = options.get_socket().map(std::path::PathBuf::as_path);
        return Some(Target {
            namespace: options.get_database().map(str::to_owned),
            server: Some(Server::new(options.get_host(), options.get_port(), 3306, socket)),
            ..Target::new("mysql", Dialect::MySql)
        });
    }
    #[cfg(feature = "sqlite")]
    if options.is::<sqlx_sqlite::SqliteConnectOptions>() {
        return Some(Target::sqlite());
    }
    let _ = options;
    None
}

/// The conventions' word for a database without a word of its own.
const OTHER_SQL: &str = "other_sql";
