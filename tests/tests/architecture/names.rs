//! Where the names of the semantic conventions are spelled.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;
use syn::{Expr, ItemConst, Lit, visit::Visit};

use crate::{
    source::Source,
    tokens::each_level,
    workspace::{Package, Role, libraries, packages_with},
};

pub(crate) fn spelled_elsewhere() -> Vec<String> {
    let core = packages_with(Role::Core);
    let mut names = Names::default();
    for source in core.iter().flat_map(Package::sources).filter(is_semconv) {
        names.visit_file(&source.syntax);
    }
    assert!(!names.0.is_empty(), "core defines no name: was `semconv` moved?");
    let others =
        libraries().into_iter().flat_map(|library| library.sources()).filter(|source| !is_semconv(source));
    others.flat_map(|source| spelled_in(&source, &names.0)).collect()
}

fn is_semconv(source: &Source) -> bool {
    source.path().components().any(|part| part.as_os_str() == "semconv")
        || source.path().ends_with("semconv.rs")
}

/// Constants that hold a dotted name; units and single words are values that other things share.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_item_const(&mut self, constant: &ItemConst) {
        if let Expr::Lit(literal) = &*constant.expr
            && let Lit::Str(text) = &literal.lit
            && text.value().contains('.')
        {
            self.0.insert(text.value());
        }
    }
}

fn spelled_in(source: &Source, names: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    each_level(source.tokens(), &mut |level| {
        for token in level {
            if let TokenTree::Literal(literal) = token
                && let Lit::Str(text) = Lit::new(literal.clone())
                && names.contains(&text.value())
            {
                found.extend(
                    source.violation(text.span(), &format!("{literal} has a name in otel_kit_core::semconv")),
                );
            }
        }
    });
    found
}

#[test]
fn a_name_is_seen_in_code_and_in_macros_and_not_in_docs_or_tests() {
    let names = BTreeSet::from(["http.route".to_owned()]);
    let text = "/// \"http.route\"\nconst A: &str = \"http.route\";\nfn b() { c!(r\"http.route\"); }\n#[test]\nfn d() { \"http.route\"; }\n";
    let found = spelled_in(&Source::example(text), &names);
    let expected = [(2, "\"http.route\""), (3, "r\"http.route\"")];
    assert_eq!(
        found,
        expected.map(|(line, name)| format!("lib.rs:{line}: {name} has a name in otel_kit_core::semconv"))
    );
}
