//! Who the receiver hears from.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use std::sync::Arc;

use otel_kit::Builder;
use otel_kit_testing::{OtlpReceiver, received::Resource};

use support::{Lines, PLENTY, builder, environment, work_with};

fn resource(builder: Builder) -> Arc<Resource> {
    let receiver = OtlpReceiver::start().unwrap();
    let telemetry = builder.endpoint(receiver.http_endpoint()).build().unwrap();
    work_with(&telemetry);
    assert!(telemetry.flush(PLENTY).is_complete());
    let received = receiver.received();
    let resource = Arc::clone(&received.spans()[0].resource);
    let sorted = |resource: &Resource| {
        let mut attributes: Vec<_> = resource.attributes.iter().map(|pair| format!("{pair:?}")).collect();
        attributes.sort();
        attributes
    };
    assert_eq!(sorted(&received.metrics()[0].resource), sorted(&resource));
    assert_eq!(sorted(&received.log_records()[0].resource), sorted(&resource));
    resource
}

fn new() -> Builder {
    builder(&Lines::default())
}

const FILE: &str =
    "service: {name: file, version: file, namespace: file, attributes: {team: file, floor: 3}}";

#[test]
fn code_beats_the_environment_which_beats_the_file_which_beats_the_calling_crate() {
    let variables = [
        ("OTEL_SERVICE_NAME", "name"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=env,service.version=env,team=env%21"),
    ];
    let crate_alone = || new().calling_crate("crate", "1.2.3");
    let with_file = || crate_alone().config_text("otel-kit.yaml", FILE);
    let with_attributes = || with_file().environment(environment(&variables[1..]));
    let with_name = || with_file().environment(environment(&variables));
    let with_code = || {
        with_name().service_name("code").configure(|config| {
            config.service.attributes.insert("team".into(), "code".into());
        })
    };
    let absent = "absent";
    let rows = [
        (crate_alone(), ["crate", "1.2.3", absent, absent]),
        (with_file(), ["file", "file", "file", "file"]),
        (with_attributes(), ["env", "env", "file", "env!"]),
        (with_name(), ["name", "env", "file", "env!"]),
        (with_code(), ["code", "env", "file", "code"]),
    ];
    for (builder, expected) in rows {
        let resource = resource(builder);
        let found = ["service.name", "service.version", "service.namespace", "team"]
            .map(|key| resource.attr(key).to_string());
        assert_eq!(found, expected);
    }
    assert_eq!(resource(with_code()).attr("floor"), 3);
}

#[test]
fn a_service_of_which_nobody_said_anything_is_named_after_its_executable() {
    let resource = resource(new());
    assert!(resource.service().starts_with("unknown_service:resource-"), "{}", resource.service());
}

#[test]
fn the_distribution_and_the_process_are_named() {
    let resource = resource(new());
    assert_eq!(resource.attr("telemetry.distro.name"), "otel-kit");
    assert_eq!(resource.attr("telemetry.distro.version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(resource.attr("telemetry.sdk.language"), "rust");
    assert_eq!(resource.attr("process.pid"), i64::from(std::process::id()));
    assert!(!resource.attr("service.instance.id").is_absent());
    assert!(resource.schema_url.starts_with("https://opentelemetry.io/schemas/"), "{}", resource.schema_url);
}
