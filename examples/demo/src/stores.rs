use tempfile::TempDir;

use crate::Result;

/// Where the services keep their data: a file for each, or a PostgreSQL for all.
pub struct Stores {
    files: TempDir,
    postgres: Option<String>,
}

impl Stores {
    /// The files are gone when this is dropped.
    pub fn new(postgres: Option<String>) -> Result<Self> {
        Ok(Self { files: tempfile::tempdir()?, postgres })
    }

    /// URL of the database of a service.
    pub fn url(&self, service: &str) -> String {
        let file =
            || format!("sqlite:{}?mode=rwc", self.files.path().join(format!("{service}.db")).display());
        self.postgres.clone().unwrap_or_else(file)
    }
}
