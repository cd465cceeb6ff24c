use super::{
    Frame, InApp, Stack,
    normal::{is_qualified, normalise},
};

/// Puts the frames of a stack together, and finds out whether it is complete.
pub(super) struct Builder<'a> {
    in_app: &'a InApp,
    frames: Vec<Frame>,
    with_own_path: usize,
    is_complete: bool,
}

/// What is known of one function on a stack.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Found {
    /// Its name, mangled or not.
    pub(super) name: String,
    /// Whether debug information has the full name, so that it has those of inlined functions too.
    pub(super) is_whole: bool,
    /// Whether it is a method that a trait provides itself.
    is_provided: bool,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
}

impl Found {
    /// What debug information says, or a text that was made of it.
    pub(super) fn new(name: &str) -> Self {
        let is_provided = is_provided(name);
        let name = demangle(name);
        Self { is_whole: is_qualified(&name), is_provided, name, ..Self::default() }
    }

    pub(super) fn with_place(mut self, file: Option<&str>, line: Option<u32>, column: Option<u32>) -> Self {
        self.file = file.map(str::to_owned);
        self.line = line;
        self.column = column;
        self
    }

    /// Adds what the symbol table says of the same function: the full name, where debug information has but a short
    /// one, as it does with `line-tables-only`.
    pub(super) fn with_symbol(mut self, symbol: &str) -> Self {
        if !self.is_whole {
            self.is_whole = self.name == symbol; // one that is not mangled has no longer name
            self.is_provided = is_provided(symbol);
            self.name = demangle(symbol);
        }
        self
    }
}

impl<'a> Builder<'a> {
    pub(super) fn new(in_app: &'a InApp) -> Self {
        Self { in_app, frames: Vec::new(), with_own_path: 0, is_complete: true }
    }

    pub(super) fn push(&mut self, found: Found) {
        let mut normal = normalise(&found.name);
        if found.is_provided {
            normal = normal.map(|name| name.rsplit(" as ").next().map(str::to_owned).unwrap_or(name));
        }
        let is_own = found.file.as_deref().is_some_and(|file| self.in_app.owns_file(file));
        let is_in_app = is_own && normal.is_some();
        self.with_own_path += usize::from(is_in_app);
        self.is_complete &= found.is_whole || !is_own;
        self.frames.push(Frame {
            name: found.name,
            normal,
            file: found.file,
            line: found.line,
            column: found.column,
            is_in_app,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn build(mut self) -> Stack {
        // With paths for the application, what has none is not of it.
        if self.with_own_path == 0 {
            for frame in self.frames.iter_mut().filter(|frame| frame.file.is_none()) {
                frame.is_in_app = frame.normal.as_deref().is_some_and(|normal| self.in_app.owns_name(normal));
            }
        }
        let is_complete = self.is_complete && self.with_own_path > 0;
        Stack { is_complete, frames: self.frames, is_of_error: false }
    }
}

/// Whether a mangled name is that of a trait's own method. The older mangling names the trait alone, the newer one the
/// type too, as it does for methods of an `impl`; but it has another letter for those.
fn is_provided(mangled: &str) -> bool {
    let Some(mut path) = mangled.strip_prefix("_R") else { return false };
    loop {
        // Behind generic arguments (`I`), and a name of some kind in a path (`N`).
        path = match path.split_at_checked(1) {
            Some(("I", inner)) => inner,
            Some(("N", inner)) => inner.get(1..).unwrap_or_default(),
            other => return other.is_some_and(|(tag, _)| tag == "Y"),
        };
    }
}

fn demangle(name: &str) -> String {
    addr2line::demangle_auto(name.into(), None).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_complete(found: impl IntoIterator<Item = Found>) -> bool {
        let in_app = InApp::new(&[]);
        let mut builder = Builder::new(&in_app);
        found.into_iter().for_each(|found| builder.push(found));
        builder.build().is_complete
    }

    fn at(name: &str, file: &str) -> Found {
        Found::new(name).with_place(Some(file), Some(1), None)
    }

    const APP: &str = "shop/src/lib.rs";

    #[test]
    fn a_stack_is_complete_when_each_function_of_the_application_has_its_full_name_and_place() {
        assert!(is_complete([at("shop::load", APP), at("shop::take", APP)]));
        assert!(!is_complete([at("shop::load", APP), at("take", APP)]), "line-tables-only");
        assert!(!is_complete([at("shop::load", APP), at("{async_fn#0}<dyn shop::Repo>", APP)]));
        assert!(!is_complete([at("row<alloc::string::String>", APP)]));
        assert!(!is_complete([Found::new("shop::load")]), "no debug information");
    }

    #[test]
    fn what_is_not_of_the_application_does_not_count() {
        let foreign = [
            at("poll", "/rustc/ab/library/core/src/x.rs"),
            Found::new("<unknown>"),
            Found::default(),
            Found::new("some_library::visit"),
            Found::new("rd_kafka_poll"),
        ];
        assert!(is_complete(foreign.clone().into_iter().chain([at("shop::load", APP)])));
        assert!(!is_complete(foreign));
        assert!(!is_complete([]));
    }

    #[test]
    fn names_decide_what_is_of_the_application_only_when_it_has_no_paths() {
        let in_app = InApp::new(&[]);
        let own = |frames: &[Found]| {
            let mut builder = Builder::new(&in_app);
            frames.iter().cloned().for_each(|found| builder.push(found));
            builder
                .build()
                .frames
                .into_iter()
                .filter(|frame| frame.is_in_app)
                .map(|frame| frame.name)
                .collect::<Vec<_>>()
        };
        let (with, without) = (at("shop::load", APP), Found::new("some_library::visit"));
        assert_eq!(own(&[without.clone(), with]), ["shop::load"]);
        assert_eq!(own(&[without, Found::new("tokio::spawn")]), ["some_library::visit"]);
    }

    #[test]
    fn a_short_name_is_completed_from_the_symbol_table_and_tells_that_others_are_missing() {
        let mangled = "_ZN4shop4load17h16e1f82a00945e2fE";
        let completed = at("load", APP).with_symbol(mangled);
        assert_eq!(completed.name, "shop::load");
        assert!(!is_complete([completed]));
        assert!(is_complete([at(mangled, APP).with_symbol(mangled)]));
    }

    #[test]
    fn a_method_that_a_trait_provides_is_the_traits_in_both_manglings() {
        let normal = |mangled: &str| {
            let in_app = InApp::new(&[]);
            let mut builder = Builder::new(&in_app);
            builder.push(Found::new(mangled));
            builder.build().frames.swap_remove(0).normal
        };
        for provided in
            ["_RNvYNtCs1234_4shop2PgNtCs1234_4shop4Repo4take", "_ZN4shop4Repo4take17h16e1f82a00945e2fE"]
        {
            assert_eq!(normal(provided).as_deref(), Some("shop::Repo::take"), "{provided}");
        }
        assert_eq!(
            normal("_RNCNvYNtCs1234_4shop2PgNtCs1234_4shop4Repo4take0Cs1234_4shop").as_deref(),
            Some("shop::Repo::take")
        );
        let implemented = "_RNvXCs1234_4shopNtCs1234_4shop2PgNtCs1234_4shop4Repo4take";
        assert_eq!(normal(implemented).as_deref(), Some("shop::Pg as shop::Repo::take"));
    }

    #[test]
    fn a_function_that_is_not_mangled_is_whole() {
        assert!(is_complete([at("on_signal", APP).with_symbol("on_signal")]));
    }
}
