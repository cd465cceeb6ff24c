//! What goes wrong for every subject.

use std::{error::Error, io};

use thiserror::Error;

/// An error with a type, and three more behind it.
#[derive(Debug, Error)]
pub enum OrderError {
    /// The order cannot be kept.
    #[error("order {id} of ada@example.com cannot be kept")]
    Keep {
        /// Which.
        id: u64,
        /// Why.
        source: StoreError,
    },
}

/// What the store says.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file cannot be written.
    #[error("cannot write to the store")]
    Write(#[from] FileError),
}

/// What the file says.
#[derive(Debug, Error)]
#[error("file {path}")]
pub struct FileError {
    path: String,
    source: io::Error,
}

/// An error with a type, four deep.
#[must_use]
pub fn typed() -> OrderError {
    let source = io::Error::from_raw_os_error(NO_SPACE);
    let file = FileError { path: "/var/lib/shop/orders.db".to_owned(), source };
    OrderError::Keep { id: 4711, source: file.into() }
}

/// An error that is nothing but a text of 88 bytes.
#[must_use]
pub fn opaque() -> Box<dyn Error + Send + Sync> {
    "order 4711 of ada@example.com cannot be kept: no space left on device 8:1 (os error 28)!".into()
}

const NO_SPACE: i32 = 28;
