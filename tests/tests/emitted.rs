//! `docs/emitted.md` against the code: nothing that is emitted is missing, and nothing is made up.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Expr, Item, Lit};

/// Constants of the semantic conventions that hold a name, by their identifier.
fn names() -> BTreeMap<String, String> {
    let folder = root().join("otel-kit-core/src/semconv");
    let constants = ["attribute.rs", "event.rs", "metric.rs"].map(|file| {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        syn::parse_file(&text).unwrap().items.into_iter().filter_map(|item| match item {
            Item::Const(constant) => match *constant.expr {
                Expr::Lit(literal) => match literal.lit {
                    Lit::Str(text) => Some((constant.ident.to_string(), text.value())),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
    });
    constants.into_iter().flatten().filter(|(_, name)| name.contains('.')).collect()
}

/// All words of the libraries' sources outside the conventions, and so all constants that are used.
fn words() -> BTreeSet<String> {
    let mut sources = Vec::new();
    for package in fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()) {
        let is_ours = package.file_name().unwrap().to_str().is_some_and(|name| name.starts_with("otel-kit"));
        if is_ours && !package.ends_with("otel-kit-testing") {
            rust_files(&package.join("src"), &mut sources);
        }
    }
    let mut words = BTreeSet::new();
    for source in sources.iter().filter(|path| !path.to_str().unwrap().contains("/semconv/")) {
        let text = fs::read_to_string(source).unwrap();
        let is_word = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_';
        words.extend(text.split(|char| !is_word(char)).map(str::to_owned));
    }
    words
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What the document writes as code.
fn documented(file: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs").join(file)).unwrap();
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A dotted name in lower case, perhaps of a group: `http.route`, `telemetry.sdk.*`.
fn is_name(code: &str) -> bool {
    let mut parts = code.split('.');
    let first = parts.next().unwrap();
    first.starts_with(|char: char| char.is_ascii_lowercase())
        && code.contains('.')
        && code.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || "._*".contains(char))
}

#[test]
fn every_name_that_is_emitted_is_documented() {
    let (documented, words) = (documented("emitted.md"), words());
    let groups: Vec<_> = documented.iter().filter_map(|code| code.strip_suffix('*')).collect();
    let missing: Vec<_> = names()
        .into_iter()
        .filter(|(constant, _)| words.contains(constant))
        .map(|(_, name)| name)
        .filter(|name| {
            let headers = format!("{name}.<name>");
            let in_group = groups.iter().any(|group| group.ends_with('.') && name.starts_with(group));
            !documented.contains(name) && !documented.contains(&headers) && !in_group
        })
        .collect();
    assert!(missing.is_empty(), "emitted, but not in docs/emitted.md: {missing:?}");
}

#[test]
fn every_documented_name_is_one_of_the_code() {
    let names: BTreeSet<_> = names().into_values().collect();
    let keys: Vec<_> = documented("config.md").into_iter().filter(|code| is_name(code)).collect();
    // Log lines in the words of Elasticsearch have names of their own.
    let mut lines = Vec::new();
    for package in ["otel-kit", "otel-kit-logging"] {
        rust_files(&root().join(package).join("src"), &mut lines);
    }
    let lines: String = lines.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let unknown: Vec<_> = documented("emitted.md")
        .into_iter()
        .filter(|code| is_name(code))
        .filter(|code| {
            let group = code.trim_end_matches('*');
            let is_group = group != code && names.iter().any(|name| name.starts_with(group));
            let is_key = keys.iter().any(|key| key == code || key.starts_with(&format!("{code}.")));
            !is_group && !is_key && !names.contains(code) && !lines.contains(code.as_str())
        })
        .collect();
    assert!(unknown.is_empty(), "in docs/emitted.md, but not in otel_kit_core::semconv: {unknown:?}");
}
