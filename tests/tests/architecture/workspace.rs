//! The packages of the repository, found by their folders, and the part each plays.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{manifest::Manifest, source::Source};

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) manifest: Manifest,
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Role {
    Core,
    Sdk,
    Testing,
    Facade,
    Adapter,
    Example,
    Tests,
}

impl Package {
    /// Whether it runs inside the process of a user.
    pub(crate) fn is_library(&self) -> bool {
        !matches!(self.role, Role::Example | Role::Tests)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its production files.
    pub(crate) fn sources(&self) -> Vec<Source> {
        let mut paths = Vec::new();
        collect_rust_files(&self.folder.join("src"), &mut paths);
        let sources: Vec<_> = paths.iter().map(|path| Source::read(&root(), path)).collect();
        let test_modules: Vec<_> = sources.iter().flat_map(Source::test_modules).collect();
        let is_test = |path: &Path| {
            test_modules.iter().any(|module| path.starts_with(module) || path.with_extension("") == *module)
        };
        sources.into_iter().filter(|source| !is_test(source.path())).collect()
    }
}

/// Every package there is: the families' folders, the examples, the tests.
pub(crate) fn packages() -> Vec<Package> {
    let root = root();
    let mut folders = folders_in(&root);
    folders.retain(|folder| folder.ends_with("tests") || file_name(folder).starts_with("otel-kit"));
    folders.extend(folders_in(&root.join("examples")));
    folders.retain(|folder| folder.join("Cargo.toml").exists());
    folders.into_iter().map(package).collect()
}

pub(crate) fn libraries() -> Vec<Package> {
    packages().into_iter().filter(Package::is_library).collect()
}

pub(crate) fn packages_with(role: Role) -> Vec<Package> {
    packages().into_iter().filter(|package| package.role == role).collect()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_path_buf()
}

fn package(folder: PathBuf) -> Package {
    let manifest = Manifest::read(&root(), &folder.join("Cargo.toml"));
    let name = manifest.package_name();
    let role = match name.as_str() {
        "otel-kit" => Role::Facade,
        "otel-kit-core" => Role::Core,
        "otel-kit-sdk" => Role::Sdk,
        "otel-kit-testing" => Role::Testing,
        "otel-kit-tests" => Role::Tests,
        _ if folder.starts_with(root().join("examples")) => Role::Example,
        _ => Role::Adapter,
    };
    Package { name, role, manifest, folder }
}

fn folders_in(parent: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = entries(parent).into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn collect_rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            collect_rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.map(|entry| entry.expect("a readable folder").path()).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[test]
fn the_packages_are_found() {
    for role in [Role::Core, Role::Sdk, Role::Testing, Role::Facade, Role::Adapter, Role::Tests] {
        assert!(!packages_with(role).is_empty(), "no package is {role:?}");
    }
    assert!(libraries().iter().all(|library| !library.sources().is_empty()));
}
