use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "sql", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    KIT.does("sqlx alone: one row", "bare"),
    SDK.does("one row", "sampled").over("bare"),
    KIT.does("one row", "sampled").over("bare").at_most(3_500, None),
    SDK.does("one row, caller not sampled", "unsampled").over("bare"),
    KIT.does("one row, caller not sampled", "unsampled").over("bare"),
    KIT.does("one row, root that the sampler drops", "dropped").over("bare"),
    SDK.does("ten rows", "many").over("bare-many"),
    KIT.does("ten rows", "many").over("bare-many"),
    KIT.does("sqlx alone: one row of SQLite", "bare-sqlite").median(),
    SQLX_OTEL.does("one row of SQLite", "sqlite").over("bare-sqlite").median(),
    SQLX_TRACING.does("one row of SQLite", "sqlite").over("bare-sqlite").median(),
    SDK.does("one row of SQLite", "sqlite").over("bare-sqlite").median(),
    KIT.does("one row of SQLite", "sqlite").over("bare-sqlite").median(),
    KIT.does("one row of SQLite, on a connection", "connection").over("bare-connection").median(),
];

const SQLX_OTEL: Subject = Subject::new("sqlx-otel 0.5", "sql-sqlx-otel");
const SQLX_TRACING: Subject = Subject::new("sqlx-tracing 0.2, traces only", "sql-sqlx-tracing");
const SDK: Subject = Subject::new("by hand on opentelemetry_sdk 0.33", "sql-sdk");
const KIT: Subject = Subject::new("otel-kit", "sql-kit");
