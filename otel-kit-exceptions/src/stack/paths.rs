use std::borrow::Cow;

/// Whether a source file is the application's own, as far as its path tells: neither the toolchain's nor that of a
/// dependency.
pub(super) fn is_own(path: &str) -> bool {
    let path = with_slashes(path);
    path.ends_with(".rs")
        && !FOREIGN_ROOTS.iter().any(|root| path.starts_with(root))
        && !FOREIGN_PARTS.iter().any(|part| path.contains(part))
}

/// The dependency that a source file belongs to, if its path tells: `tokio` of
/// `/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/tokio-1.54.1/src/lib.rs`.
pub(crate) fn package(path: &str) -> Option<&str> {
    let registry = after(path, "/registry/src/").and_then(|rest| rest.split(['/', '\\']).nth(1));
    let other = || FOREIGN_PARTS.iter().find_map(|part| after(path, part)?.split(['/', '\\']).next());
    registry.or_else(other).map(without_version)
}

/// A path that is the same on every machine: without the version of a dependency and what is above it, and without
/// what is above the package if it is absolute.
pub(crate) fn relative(path: &str) -> Cow<'_, str> {
    let path = with_slashes(path);
    if let Some((package, rest)) = in_package(&path) {
        return Cow::Owned(format!("{}/{rest}", without_version(package)));
    }
    if let Some(rest) = path.strip_prefix("/rustc/").and_then(|rest| rest.split_once('/')) {
        return Cow::Owned(format!("/rustc/{}", rest.1));
    }
    match package_start(&path) {
        Some(start) => Cow::Owned(path.get(start..).unwrap_or_default().to_owned()),
        None => path,
    }
}

fn in_package(path: &str) -> Option<(&str, &str)> {
    let source = after(path, "/registry/src/").or_else(|| after(path, "/git/checkouts/"));
    let (_, rest) = source?.split_once('/')?;
    rest.split_once('/')
}

/// Where in an absolute path the folder begins that holds `src`.
fn package_start(path: &str) -> Option<usize> {
    let is_absolute = path.starts_with('/') || path.get(1..2) == Some(":");
    let source = SOURCES.iter().filter_map(|source| path.rfind(source)).max();
    let before = path.get(..source.filter(|_| is_absolute)?)?;
    Some(before.rfind('/').map_or(0, |slash| slash + 1))
}

/// `tower-http` of `tower-http-0.7.0`, `tokio` of `tokio-8f3a2b1c00aa42ff`.
fn without_version(package: &str) -> &str {
    let is_version = |rest: &str| {
        let after_digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        after_digits.len() < rest.len() && after_digits.starts_with('.')
            || rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let mut dashes = package.match_indices('-');
    dashes
        .find_map(|(at, _)| {
            package.get(at + 1..).is_some_and(is_version).then(|| package.get(..at)).flatten()
        })
        .unwrap_or(package)
}

fn after<'a>(path: &'a str, part: &str) -> Option<&'a str> {
    path.find(part).and_then(|at| path.get(at + part.len()..))
}

fn with_slashes(path: &str) -> Cow<'_, str> {
    if path.contains('\\') { Cow::Owned(path.replace('\\', "/")) } else { Cow::Borrowed(path) }
}

const FOREIGN_ROOTS: &[&str] = &["/rustc/", "/rust/deps/", "vendor/"];

const FOREIGN_PARTS: &[&str] = &[
    "/registry/src/",
    "/git/checkouts/",
    "/.cargo/",
    "/vendor/",
    "/cargo-vendor-dir/",
    "/rustlib/src/",
    "/library/std/",
    "/library/core/",
    "/library/alloc/",
];

const SOURCES: &[&str] = &["/src/", "/tests/", "/examples/", "/benches/"];

#[cfg(test)]
mod tests {
    use super::*;

    const TOKIO: &str =
        "/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/tokio-1.54.1/src/task/mod.rs";

    #[test]
    fn files_of_the_toolchain_and_of_dependencies_are_not_the_applications() {
        for own in ["shop/src/lib.rs", "src/main.rs", "/srv/build/shop/src/lib.rs", r"C:\shop\src\main.rs"] {
            assert!(is_own(own), "{own}");
        }
        for foreign in [
            TOKIO,
            "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs",
            "/rust/deps/hashbrown-0.15.5/src/map.rs",
            "/usr/local/cargo/git/checkouts/lib-8f3a2b1c00aa42ff/1234567/src/lib.rs",
            "/root/.rustup/toolchains/stable/lib/rustlib/src/rust/library/std/src/rt.rs",
            "vendor/serde/src/lib.rs",
            "./nptl/pthread_create.c",
            r"C:\Users\a\.cargo\registry\src\index\tokio-1.54.1\src\lib.rs",
        ] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }

    #[test]
    fn the_dependency_is_told_from_the_path() {
        assert_eq!(package(TOKIO), Some("tokio"));
        assert_eq!(package("/c/registry/src/i-1/tower-http-0.7.0-rc.1/src/a.rs"), Some("tower-http"));
        assert_eq!(package("/c/registry/src/i-1/foo-2d-1.0.0/src/a.rs"), Some("foo-2d"));
        assert_eq!(package("/c/git/checkouts/hyper-8f3a2b1c00aa42ff/1234567/src/a.rs"), Some("hyper"));
        assert_eq!(package("/srv/vendor/h2/src/a.rs"), Some("h2"));
        assert_eq!(package("shop/src/lib.rs"), None);
    }

    #[test]
    fn a_relative_path_is_the_same_on_every_machine() {
        for (path, same) in [
            ("shop/src/lib.rs", "shop/src/lib.rs"),
            ("src/main.rs", "src/main.rs"),
            ("/home/ann/work/shop/src/a/lib.rs", "shop/src/a/lib.rs"),
            ("/srv/ci-17/shop/src/a/lib.rs", "shop/src/a/lib.rs"),
            (r"C:\work\shop\src\lib.rs", "shop/src/lib.rs"),
            (TOKIO, "tokio/src/task/mod.rs"),
            ("/rustc/59807616e1fa/library/core/src/option.rs", "/rustc/library/core/src/option.rs"),
            ("/odd.rs", "/odd.rs"),
        ] {
            assert_eq!(relative(path), same, "{path}");
        }
    }
}
