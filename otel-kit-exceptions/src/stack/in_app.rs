use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    normal::crate_of,
    paths::{is_own, package},
};

/// Which functions are the application's own. Clones share what is learned.
///
/// The path of the source file decides where it is known. Names do only without one: of two ways in which the compiler
/// writes them, one names a handler's type in functions of the server's.
#[derive(Clone, Debug)]
pub(crate) struct InApp(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    listed: Vec<String>,
    learned: RwLock<HashSet<String>>,
}

impl InApp {
    /// Beside what is recognised, crates that are `listed`: a company's own from a registry.
    pub(crate) fn new(listed: &[String]) -> Self {
        let listed = listed.iter().map(|name| name.replace('-', "_")).collect();
        Self(Arc::new(Inner { listed, learned: RwLock::default() }))
    }

    /// Takes a crate for the application's, from which something is known to be compiled in its workspace.
    pub(crate) fn learn(&self, crate_name: &str) {
        if self.knows(crate_name) {
            return;
        }
        let mut learned = self.0.learned.write().unwrap_or_else(PoisonError::into_inner);
        if learned.len() < MOST {
            learned.insert(crate_name.to_owned());
        }
    }

    /// Whether a source file is the application's own.
    pub(crate) fn owns_file(&self, file: &str) -> bool {
        is_own(file) || package(file).is_some_and(|package| self.lists(&package.replace('-', "_")))
    }

    /// Whether a function is, by its name in normal form.
    pub(super) fn owns_name(&self, normal: &str) -> bool {
        let name = crate_of(normal);
        normal.contains("::") && (self.lists(name) || self.knows(name) || !is_known_library(name))
    }

    fn lists(&self, name: &str) -> bool {
        self.0.listed.iter().any(|listed| listed == name)
    }

    fn knows(&self, name: &str) -> bool {
        self.0.learned.read().unwrap_or_else(PoisonError::into_inner).contains(name)
    }
}

fn is_known_library(name: &str) -> bool {
    LIBRARIES.binary_search(&name).is_ok() || FAMILIES.iter().any(|family| name.starts_with(family))
}

/// More crates than any workspace has that is one process.
const MOST: usize = 1_000;

/// Crates that are never the application.
const LIBRARIES: &[&str] = &[
    "_start",
    "addr2line",
    "alloc",
    "anyhow",
    "async_trait",
    "axum",
    "axum_core",
    "backtrace",
    "clone3",
    "color_eyre",
    "core",
    "eyre",
    "gimli",
    "h2",
    "hyper",
    "hyper_util",
    "log",
    "main",
    "miette",
    "mio",
    "once_cell",
    "parking_lot",
    "parking_lot_core",
    "rayon",
    "rayon_core",
    "rdkafka",
    "reqwest",
    "reqwest_middleware",
    "serde",
    "serde_core",
    "serde_json",
    "start_thread",
    "std",
    "test",
    "thiserror",
    "tokio",
    "tokio_util",
    "tonic",
    "tower",
    "tower_http",
    "tower_layer",
    "tower_service",
    "tracing",
    "tracing_core",
    "tracing_opentelemetry",
    "tracing_subscriber",
];

/// Beginnings of names of such crates.
const FAMILIES: &[&str] = &[
    "__libc_",
    "__rust_",
    "___rust_",
    "futures",
    "opentelemetry",
    "otel_kit",
    "pin_project",
    "rust_",
    "sentry",
    "sqlx",
];

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "/root/.cargo/registry/src/index.crates.io-1949/";

    #[test]
    fn the_list_of_libraries_is_sorted() {
        assert!(LIBRARIES.is_sorted());
    }

    #[test]
    fn a_path_of_a_dependency_is_not_the_applications_even_if_its_name_was_learned() {
        let in_app = InApp::new(&[]);
        in_app.learn("axum");
        assert!(in_app.owns_file("shop/src/lib.rs"));
        assert!(!in_app.owns_file(&format!("{REGISTRY}axum-0.8.9/src/handler/mod.rs")));
    }

    #[test]
    fn a_listed_crate_is_the_applications_wherever_it_is_from() {
        let in_app = InApp::new(&["house-style".to_owned()]);
        assert!(in_app.owns_file(&format!("{REGISTRY}house-style-1.2.0/src/lib.rs")));
        assert!(in_app.owns_file("/c/git/checkouts/house-style-8f3a2b1c00aa42ff/12/src/lib.rs"));
        assert!(!in_app.owns_file(&format!("{REGISTRY}house-1.2.0/src/lib.rs")));
        assert!(InApp::new(&["tokio".to_owned()]).owns_name("tokio::spawn"));
    }

    #[test]
    fn without_a_path_a_crate_that_was_learned_is_the_applications_and_a_known_library_is_not() {
        let in_app = InApp::new(&[]);
        assert!(!in_app.owns_name("tower::Service::call"));
        in_app.clone().learn("tower");
        assert!(in_app.owns_name("tower::Service::call"));
        assert!(in_app.owns_name("shop::load"));
        for library in [
            "sqlx_core::pool::Pool::acquire",
            "futures_util::stream::next",
            "core::fmt::write",
            "_start",
            "rd_kafka_poll",
        ] {
            assert!(!in_app.owns_name(library), "{library}");
        }
    }

    #[test]
    fn what_it_learns_is_bounded() {
        let in_app = InApp::new(&[]);
        (0..MOST + 5).for_each(|number| in_app.learn(&format!("crate{number}")));
        assert_eq!(in_app.0.learned.read().unwrap().len(), MOST);
    }
}
