use std::borrow::Cow;

use opentelemetry::StringValue;
use otel_kit_core::{
    operation::{Outcome, io_error_type},
    semconv::attribute::OTHER,
};
use sqlx_core::error::{DatabaseError, Error};

/// How a statement went wrong.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    /// The database's own code.
    pub(crate) code: Option<StringValue>,
}

impl Failure {
    /// `None` if the error is none: the answer has no rows.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::RowNotFound => None,
            Error::Database(error) => Some(match code(error.as_ref()) {
                Some(code) => Self { outcome: Outcome::failure(code.clone()), code: Some(code.into()) },
                None => Self { outcome: Outcome::failure(OTHER), code: None },
            }),
            error => Some(Self { outcome: Outcome::failure(word_of(error)), code: None }),
        }
    }
}

/// The number where a product has codes of its own (MySQL), else what is as good as standard.
fn code(error: &dyn DatabaseError) -> Option<String> {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx_mysql::MySqlDatabaseError>() {
        return Some(error.number().to_string());
    }
    error.code().map(Cow::into_owned)
}

/// A word of a fixed set, whatever the error says.
fn word_of(error: &Error) -> &'static str {
    match error {
        Error::Configuration(_) => "configuration",
        Error::InvalidArgument(_) => "invalid_argument",
        Error::Io(error) => io_error_type(error.kind()).unwrap_or(OTHER),
        Error::Tls(_) => "tls",
        Error::Protocol(_) => "protocol",
        Error::TypeNotFound { .. } => "type_not_found",
        Error::ColumnIndexOutOfBounds { .. } | Error::ColumnNotFound(_) => "column_not_found",
        Error::ColumnDecode { .. } | Error::Decode(_) => "decode",
        Error::Encode(_) => "encode",
        Error::PoolTimedOut => "timeout",
        Error::PoolClosed => "pool_closed",
        Error::WorkerCrashed => "worker_crashed",
        Error::InvalidSavePointStatement | Error::BeginFailed => "begin_failed",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn errors_of_the_driver_are_words_and_no_rows_are_no_error() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let cases = [
            (Error::RowNotFound, None),
            (Error::PoolTimedOut, Some("timeout")),
            (Error::PoolClosed, Some("pool_closed")),
            (Error::Io(refused), Some("connection_refused")),
            (Error::Protocol("user 17 said hello".to_owned()), Some("protocol")),
            (Error::ColumnNotFound("password".to_owned()), Some("column_not_found")),
        ];
        for (error, word) in cases {
            let failure = Failure::of(&error).map(|failure| failure.outcome);
            assert_eq!(failure, word.map(Outcome::failure), "{error:?}");
        }
    }
}
