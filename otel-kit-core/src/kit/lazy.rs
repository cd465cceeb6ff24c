use std::sync::OnceLock;

use super::{GLOBAL, Kit};

/// What an adapter makes of the kit, made at its first use: so a layer may be built before `init`.
///
/// Until a kit is there, the adapter passes everything through untouched and asks again next time.
#[derive(Debug)]
pub struct Lazy<T> {
    own: Option<Kit>,
    made: OnceLock<T>,
}

impl<T> Lazy<T> {
    /// Waits for the global kit.
    #[must_use]
    pub const fn global() -> Self {
        Self { own: None, made: OnceLock::new() }
    }

    /// Uses this kit.
    #[must_use]
    pub const fn with(kit: Kit) -> Self {
        Self { own: Some(kit), made: OnceLock::new() }
    }

    /// What `make` made of the kit; `None` as long as no kit is installed.
    ///
    /// ```
    /// use otel_kit_core::{Kit, Lazy};
    ///
    /// let lazy = Lazy::with(Kit::builder().build());
    /// assert_eq!(lazy.get(|_kit| 1), Some(&1));
    /// assert_eq!(lazy.get(|_kit| 2), Some(&1)); // made once
    /// ```
    pub fn get(&self, make: impl FnOnce(&Kit) -> T) -> Option<&T> {
        if let Some(made) = self.made.get() {
            return Some(made);
        }
        let kit = self.own.as_ref().or_else(|| GLOBAL.get())?;
        Some(self.made.get_or_init(|| make(kit)))
    }
}
