//! Who may depend on whom.

use proc_macro2::TokenTree;

use crate::{
    manifest::{Dependency, Kind},
    source::Source,
    tokens::each_level,
    workspace::{Package, Role, packages, packages_with},
};

/// Plain words only: `http`'s types are allowed, servers and runtimes are not.
pub(crate) fn of_core() -> Vec<String> {
    let allowed = |dependency: &Dependency| {
        let machinery = MACHINERY.iter().any(|family| is_of_family(&dependency.name, family));
        dependency.kind == Kind::Dev || !(is_ours(dependency) || machinery)
    };
    violations(Role::Core, "is not for core", allowed)
}

pub(crate) fn of_sdk_and_testing() -> Vec<String> {
    let below_sdk = |dependency: &Dependency| match dependency.kind {
        Kind::Normal => is_one_of(dependency, &["otel-kit-core"]),
        Kind::Dev => is_one_of(dependency, &["otel-kit-core", "otel-kit-testing"]),
    };
    let below_testing = |dependency: &Dependency| is_one_of(dependency, &["otel-kit-core", "otel-kit-sdk"]);
    let mut found = violations(Role::Sdk, "does not lie below the SDK", |d| !is_ours(d) || below_sdk(d));
    found
        .extend(violations(Role::Testing, "does not lie below testing", |d| !is_ours(d) || below_testing(d)));
    found
}

pub(crate) fn of_adapters() -> Vec<String> {
    violations(Role::Adapter, "is not for an adapter: it may use core, and in tests testing", |dependency| {
        !is_ours(dependency)
            || dependency.name == "otel-kit-core"
            || (dependency.kind == Kind::Dev && dependency.name == "otel-kit-testing")
    })
}

pub(crate) fn of_facade() -> Vec<String> {
    let always = ["otel-kit-core", "otel-kit-logging", "otel-kit-sdk"];
    violations(Role::Facade, "has to be optional", |dependency| {
        !is_ours(dependency)
            || dependency.kind == Kind::Dev
            || dependency.optional
            || is_one_of(dependency, &always)
    })
}

/// The demo runs the other examples and receives what they send; it is no template.
pub(crate) fn of_examples() -> Vec<String> {
    let (demo, templates): (Vec<_>, Vec<_>) =
        packages_with(Role::Example).into_iter().partition(|package| package.name == "demo");
    let for_templates = |dependency: &Dependency| {
        dependency.name == "otel-kit"
            || (dependency.kind == Kind::Dev && dependency.name == "otel-kit-testing")
    };
    let names: Vec<_> = templates.iter().map(|template| template.name.as_str()).collect();
    let is_template = |dependency: &Dependency| names.contains(&dependency.name.as_str());
    let mut found = violations_in(&templates, "is not for a template: it may use the facade", |dependency| {
        for_templates(dependency) || !(is_ours(dependency) || is_template(dependency))
    });
    found.extend(violations_in(&demo, "is not for the demo", |dependency| {
        !is_ours(dependency) || is_one_of(dependency, &["otel-kit", "otel-kit-testing"])
    }));
    found
}

/// The exporter of `opentelemetry-otlp` may be an oracle of tests, an example or an option.
pub(crate) fn of_the_opentelemetry_sdk() -> Vec<String> {
    let packages: Vec<_> = packages().into_iter().filter(|package| !may_name_the_sdk(package)).collect();
    let mut found = violations_in(&packages, "is for otel-kit-sdk and otel-kit-testing", |dependency| {
        !is_one_of(dependency, &["opentelemetry_sdk", "opentelemetry-proto"])
    });
    for source in packages.iter().flat_map(Package::sources) {
        found.extend(paths_into_the_sdk(&source));
    }
    let libraries: Vec<_> = crate::workspace::libraries();
    found.extend(violations_in(&libraries, "has to be optional or for tests", |dependency| {
        dependency.name != "opentelemetry-otlp" || dependency.kind == Kind::Dev || dependency.optional
    }));
    found
}

fn may_name_the_sdk(package: &Package) -> bool {
    matches!(package.role, Role::Sdk | Role::Testing | Role::Tests)
}

fn paths_into_the_sdk(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    each_level(source.tokens(), &mut |level| {
        for token in level {
            if matches!(token, TokenTree::Ident(ident) if ident == "opentelemetry_sdk" || ident == "opentelemetry_proto")
            {
                found.extend(source.violation(token.span(), &format!("names {token}")));
            }
        }
    });
    found
}

fn violations(role: Role, message: &str, allowed: impl Fn(&Dependency) -> bool) -> Vec<String> {
    violations_in(&packages_with(role), message, allowed)
}

fn violations_in(packages: &[Package], message: &str, allowed: impl Fn(&Dependency) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for Package { manifest, name, .. } in packages {
        // A crate may ask itself for features that its tests need.
        let is_itself = |dependency: &Dependency| dependency.kind == Kind::Dev && dependency.name == *name;
        let wrong = manifest.dependencies().into_iter().filter(|d| !is_itself(d) && !allowed(d));
        found.extend(wrong.map(|dependency| manifest.violation(&dependency, message)));
    }
    found
}

fn is_ours(dependency: &Dependency) -> bool {
    is_of_family(&dependency.name, "otel-kit")
}

fn is_one_of(dependency: &Dependency, names: &[&str]) -> bool {
    names.contains(&dependency.name.as_str())
}

/// `tokio` and `tokio-util`, not `tokiox`.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

const MACHINERY: [&str; 13] = [
    "actix",
    "async-std",
    "axum",
    "hyper",
    "opentelemetry-otlp",
    "opentelemetry-proto",
    "opentelemetry_sdk",
    "poem",
    "reqwest",
    "smol",
    "tokio",
    "tonic",
    "warp",
];

#[test]
fn a_path_into_the_sdk_is_seen_in_macros_and_not_in_tests() {
    let text =
        "use opentelemetry_sdk::a;\nb!(opentelemetry_proto::c);\n#[cfg(test)]\nuse opentelemetry_sdk::d;\n";
    let found = paths_into_the_sdk(&Source::example(text));
    assert_eq!(found, ["lib.rs:1: names opentelemetry_sdk", "lib.rs:2: names opentelemetry_proto"]);
}

#[test]
fn a_family_is_a_name_and_what_is_hyphened_to_it() {
    assert!(is_of_family("tokio", "tokio") && is_of_family("tokio-util", "tokio"));
    assert!(!is_of_family("tokiox", "tokio") && !is_of_family("http", "hyper"));
}
