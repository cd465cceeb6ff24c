//! The rules of the house, read from the manifests and the sources. Each test is one rule; what breaks it is listed
//! by file and line.

#![allow(clippy::expect_used, clippy::panic, reason = "a source that cannot be read fails the test")]

mod exports;
mod imports;
mod manifest;
mod names;
mod panics;
mod safety;
mod sizes;
mod source;
mod tokens;
mod workspace;

#[test]
fn core_depends_on_no_crate_of_ours_and_on_no_sdk_runtime_or_server() {
    assert_none(imports::of_core());
}

#[test]
fn sdk_and_testing_depend_on_the_layer_below_them() {
    assert_none(imports::of_sdk_and_testing());
}

#[test]
fn adapters_depend_on_core_alone() {
    assert_none(imports::of_adapters());
}

#[test]
fn the_facade_depends_on_adapters_by_feature() {
    assert_none(imports::of_facade());
}

#[test]
fn examples_depend_on_the_facade_alone() {
    assert_none(imports::of_examples());
}

#[test]
fn only_sdk_and_testing_name_the_opentelemetry_sdk() {
    assert_none(imports::of_the_opentelemetry_sdk());
}

#[test]
fn files_hold_at_most_300_production_lines() {
    assert_none(sizes::of_files());
}

#[test]
fn functions_hold_at_most_50_lines_and_5_parameters() {
    assert_none(sizes::of_functions());
}

#[test]
fn crate_docs_hold_at_most_60_lines() {
    assert_none(sizes::of_crate_docs());
}

#[test]
fn convention_names_are_spelled_in_core_alone() {
    assert_none(names::spelled_elsewhere());
}

#[test]
fn every_crate_forbids_unsafe_code() {
    assert_none(safety::unsafe_code());
}

#[test]
fn no_file_picks_a_toolchain() {
    assert_none(safety::toolchain_files());
}

#[test]
fn libraries_never_panic_or_print() {
    assert_none(panics::in_libraries());
}

#[test]
fn libraries_export_at_most_15_names() {
    assert_none(exports::beyond_the_limit());
}

fn assert_none(violations: Vec<String>) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
