//! The cargo features of the family, against what is said about them.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The features of a package, each with what it switches on.
fn features(package: &Path) -> BTreeMap<String, Vec<String>> {
    let manifest: toml::Table = fs::read_to_string(package.join("Cargo.toml")).unwrap().parse().unwrap();
    let features = manifest.get("features").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    features.into_iter().map(|(name, on)| (name, on.try_into().unwrap())).collect()
}

/// The section on features in the documentation of the facade.
fn documented() -> String {
    let source = fs::read_to_string(root().join("otel-kit/src/lib.rs")).unwrap();
    let docs: String = source.lines().filter_map(|line| line.strip_prefix("//!")).collect();
    docs.split_once("# Features").unwrap().1.to_owned()
}

#[test]
fn the_features_of_the_documentation_are_those_there_are_and_its_defaults_are_default() {
    let (mut features, docs) = (features(&root().join("otel-kit")), documented());
    let default: BTreeSet<String> = features.remove("default").unwrap().into_iter().collect();
    assert!(!default.is_empty() && features.len() > default.len());
    for name in features.keys() {
        assert!(docs.contains(&format!("`{name}`")), "{name} is not documented: {docs}");
        let is_said_to_be_default = docs.contains(&format!("`{name}` (default)"));
        assert_eq!(is_said_to_be_default, default.contains(name), "{name}: {docs}");
    }
    let full = features.remove("full").unwrap();
    for name in features.keys() {
        assert!(full.contains(name), "`full` has no {name}");
    }
}

/// A release belongs to one version of each library; who needs another one takes another release.
#[test]
fn no_feature_chooses_the_version_of_a_library() {
    let packages = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    let ours: Vec<_> = packages.filter(|path| path.join("Cargo.toml").exists()).collect();
    assert!(ours.len() > 5);
    for package in ours {
        for name in features(&package).keys() {
            assert!(!name.contains(|char: char| char.is_ascii_digit()), "{}: {name}", package.display());
        }
    }
}
