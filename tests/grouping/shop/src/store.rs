//! A trait and a type of other modules meet here.

use crate::{BoxFuture, Pg, Repo, StoreError};

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

impl<D: Send + Sync> Repo for Pg<D> {
    fn load(&self, id: u64) -> Result<String, StoreError> {
        match id {
            1 => Err(StoreError::NotFound(id)),
            2 => Err(StoreError::Read { id, source: std::io::ErrorKind::ConnectionReset.into() }),
            3 => Err("three".parse::<u64>().unwrap_err().into()),
            _ => Ok(self.rows(id)),
        }
    }
}

impl<D: Send + Sync> Pg<D> {
    /// Not in the module of the type.
    pub fn rows(&self, id: u64) -> String {
        let rows: Vec<String> = (0..id % 3).map(|row| row.to_string()).collect();
        rows[usize::try_from(id).unwrap()].clone()
    }

    pub fn rows_later(&self, id: u64) -> BoxFuture<'_, String> {
        Box::pin(async move { self.rows(id) })
    }
}
