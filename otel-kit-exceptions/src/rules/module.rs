/// Where something is in the source, as far as it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Module {
    /// `None` where a path tells all but the crate.
    krate: Option<String>,
    /// Modules below the crate, and what else follows.
    parts: Vec<String>,
}

impl Module {
    /// Of a path such as `shop::orders::take`, that of a function or method included.
    pub(crate) fn of_path(path: &str) -> Self {
        let path = path.trim_start_matches(['<', '&']);
        let mut parts =
            path.split("::").map(|part| part.split([' ', '<', '>']).next().unwrap_or(part).to_owned());
        Self { krate: parts.next(), parts: parts.collect() }
    }

    /// Of a source file such as `shop/src/orders/mod.rs`; a crate is mostly called as its folder.
    pub(crate) fn of_file(file: &str) -> Option<Self> {
        let file = file.replace('\\', "/");
        let (package, below) = file.rsplit_once("src/")?;
        let parts = below.strip_suffix(".rs")?.split('/');
        let parts = parts.filter(|part| !matches!(*part, "lib" | "main" | "mod")).map(str::to_owned);
        let folder = package.trim_end_matches('/').rsplit('/').next().filter(|folder| !folder.is_empty());
        Some(Self { krate: folder.map(|folder| folder.replace('-', "_")), parts: parts.collect() })
    }

    /// Whether it is in the module `wanted`, or below.
    pub(crate) fn is_in(&self, wanted: &[String]) -> bool {
        let Some((krate, modules)) = wanted.split_first() else { return false };
        let is_crate = self.krate.as_ref().map_or(!modules.is_empty(), |own| own == krate);
        is_crate && self.parts.starts_with(modules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(module: &Module, wanted: &str) -> bool {
        module.is_in(&wanted.split("::").map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_module_holds_what_is_below_it() {
        let take = Module::of_path("shop::orders::take");
        assert!(is_in(&take, "shop") && is_in(&take, "shop::orders") && !is_in(&take, "shop::order"));
        assert!(!is_in(&take, "stock") && !is_in(&take, "shop::orders::take::deeper"));
        assert!(is_in(&Module::of_path("<shop::orders::Repo as shop::Load>::load"), "shop::orders"));
    }

    #[test]
    fn a_file_tells_its_module() {
        let file = |file| Module::of_file(file).unwrap();
        let orders = file("crates/my-shop/src/orders/mod.rs");
        assert!(is_in(&orders, "my_shop::orders") && !is_in(&orders, "my_shop::stock"));
        assert!(
            is_in(&file("src/orders.rs"), "anything::orders") && !is_in(&file("src/orders.rs"), "anything")
        );
        assert!(is_in(&file("shop/src/lib.rs"), "shop"));
        assert_eq!(Module::of_file("shop/tests/orders.rs"), None);
    }
}
