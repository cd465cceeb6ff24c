//! What every manifest says and what no folder holds.

use proc_macro2::TokenTree;

use crate::{
    manifest::Manifest,
    source::Source,
    tokens::each_level,
    workspace::{Role, packages, root},
};

/// By the lint table of the workspace or by an own one. Templates stand alone and stay short: they only hold none.
pub(crate) fn unsafe_code() -> Vec<String> {
    let forbids = |manifest: &Manifest, keys: &[&str]| manifest.string(keys).as_deref() == Some("forbid");
    let workspace = Manifest::read(&root(), &root().join("Cargo.toml"));
    let shared = forbids(&workspace, &["workspace", "lints", "rust", "unsafe_code"]);
    let mut found = Vec::new();
    for package in packages() {
        let manifest = &package.manifest;
        let inherits = shared && manifest.string(&["lints", "workspace"]).as_deref() == Some("true");
        if inherits || forbids(manifest, &["lints", "rust", "unsafe_code"]) {
            continue;
        }
        match package.role {
            Role::Example => found.extend(package.sources().iter().flat_map(unsafe_tokens)),
            _ => found.push(format!("{}:1: does not forbid unsafe_code in its lints", manifest.path)),
        }
    }
    found
}

/// A toolchain file makes rustup download another Rust than the one that is there.
pub(crate) fn toolchain_files() -> Vec<String> {
    let folders = packages().into_iter().map(|package| package.folder().to_path_buf()).chain([root()]);
    let files =
        folders.flat_map(|folder| ["rust-toolchain", "rust-toolchain.toml"].map(|name| folder.join(name)));
    files
        .filter(|file| file.exists())
        .map(|file| format!("{}:1: picks a toolchain", file.display()))
        .collect()
}

fn unsafe_tokens(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    each_level(source.tokens(), &mut |level| {
        let tokens =
            level.iter().filter(|token| matches!(token, TokenTree::Ident(ident) if ident == "unsafe"));
        found.extend(tokens.map(|token| source.violation_at(token.span().start().line, "unsafe")));
    });
    found
}

#[test]
fn unsafe_tokens_are_seen_in_blocks() {
    assert_eq!(unsafe_tokens(&Source::example("fn a() {\n    unsafe { b() }\n}")), ["lib.rs:2: unsafe"]);
}
