use std::{borrow::Cow, fmt::Write as _};

use sha2::{Digest, Sha256};

/// What a fingerprint is hashed from: a line for each component that counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// `name:value`, on one line whatever is in the value.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let value =
            if value.contains('\n') { Cow::Owned(value.replace('\n', "\\n")) } else { Cow::Borrowed(value) };
        self.0.push_str(name);
        self.0.push(':');
        self.0.push_str(&value);
        self.0.push('\n');
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// The first 16 hexadecimal digits of their SHA-256.
    pub(super) fn hash(&self, version: &str) -> String {
        let hash = Sha256::new().chain_update(version).chain_update("\n").chain_update(&self.0).finalize();
        hash.iter().take(8).fold(String::with_capacity(16), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }
}
