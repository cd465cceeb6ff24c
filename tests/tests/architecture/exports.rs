//! How many names a crate shows at its root.

use syn::{Attribute, Item, UseTree, Visibility};

use crate::{source::Source, workspace::libraries};

/// Modules and whole crates are not counted, they are doors to names; a glob hides how many names it stands for and is refused.
pub(crate) fn beyond_the_limit() -> Vec<String> {
    let roots = libraries()
        .into_iter()
        .flat_map(|library| library.sources())
        .filter(|s| s.path().ends_with("src/lib.rs"));
    roots.filter_map(|root| too_many(&root)).collect()
}

fn too_many(source: &Source) -> Option<String> {
    let counts: Option<Vec<_>> = source.syntax.items.iter().map(exported_names).collect();
    let Some(counts) = counts else {
        return Some(source.violation_at(1, "exports by a glob"));
    };
    let names: usize = counts.iter().sum();
    (names > NAMES).then(|| source.violation_at(1, &format!("exports {names} names, the limit is {NAMES}")))
}

/// How many names the item adds to the crate's root; none for a glob.
fn exported_names(item: &Item) -> Option<usize> {
    let (visibility, attributes) = match item {
        Item::Use(item) if is_exported(&item.vis, &item.attrs) => return below_crates(&item.tree),
        Item::Macro(item) => return Some(usize::from(is_exported_macro(&item.attrs))),
        Item::Const(item) => (&item.vis, &item.attrs),
        Item::Enum(item) => (&item.vis, &item.attrs),
        Item::ExternCrate(item) => (&item.vis, &item.attrs),
        Item::Fn(item) => (&item.vis, &item.attrs),
        Item::Static(item) => (&item.vis, &item.attrs),
        Item::Struct(item) => (&item.vis, &item.attrs),
        Item::Trait(item) => (&item.vis, &item.attrs),
        Item::Type(item) => (&item.vis, &item.attrs),
        Item::Union(item) => (&item.vis, &item.attrs),
        _ => return Some(0),
    };
    Some(usize::from(is_exported(visibility, attributes)))
}

/// A name without a path is that of a crate.
fn below_crates(tree: &UseTree) -> Option<usize> {
    match tree {
        UseTree::Name(_) | UseTree::Rename(_) => Some(0),
        UseTree::Group(group) => group.items.iter().map(below_crates).sum(),
        UseTree::Path(_) | UseTree::Glob(_) => names_of(tree),
    }
}

fn names_of(tree: &UseTree) -> Option<usize> {
    match tree {
        UseTree::Path(path) => names_of(&path.tree),
        UseTree::Name(_) => Some(1),
        UseTree::Rename(rename) => Some(usize::from(rename.rename != "_")),
        UseTree::Group(group) => group.items.iter().map(names_of).sum(),
        UseTree::Glob(_) => None,
    }
}

fn is_exported(visibility: &Visibility, attributes: &[Attribute]) -> bool {
    matches!(visibility, Visibility::Public(_)) && !is_hidden(attributes)
}

fn is_exported_macro(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("macro_export")) && !is_hidden(attributes)
}

/// `#[doc(hidden)]`: plumbing of a macro.
fn is_hidden(attributes: &[Attribute]) -> bool {
    let hidden = |attribute: &Attribute| {
        attribute.parse_args::<syn::Ident>().is_ok_and(|argument| argument == "hidden")
    };
    attributes.iter().any(|attribute| attribute.path().is_ident("doc") && hidden(attribute))
}

const NAMES: usize = 15;

#[test]
fn names_are_counted_and_globs_refused() {
    let names = |count: usize| (0..count).map(|name| format!("N{name}, ")).collect::<String>();
    let text = |count| {
        let others = "pub use {f, g}; pub use h as i; pub mod b; use c::D; #[doc(hidden)] pub use e::F;";
        format!("mod a; pub use a::{{{}}}; {others}", names(count))
    };
    assert_eq!(too_many(&Source::example(&text(15))), None);
    assert_eq!(
        too_many(&Source::example(&text(16))).as_deref(),
        Some("lib.rs:1: exports 16 names, the limit is 15")
    );
    assert_eq!(too_many(&Source::example("pub use a::*;")).as_deref(), Some("lib.rs:1: exports by a glob"));
}
