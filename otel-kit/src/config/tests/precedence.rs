use super::*;

#[test]
fn code_beats_environment_beats_file_beats_default() {
    let key = "metrics.interval";
    let file = || given().file("metrics: {interval: 3s}");
    let env = || file().env("OTEL_METRIC_EXPORT_INTERVAL", "2000");
    let code = || env().code(|code| code.metrics.interval = Some(std::time::Duration::from_secs(1)));
    assert_eq!(given().value(key).as_deref(), Some("1m"));
    assert_eq!(file().value(key).as_deref(), Some("3s"));
    assert_eq!(env().value(key).as_deref(), Some("2s"));
    assert_eq!(code().value(key).as_deref(), Some("1s"));
}

#[test]
fn a_bad_variable_leaves_the_file_in_force() {
    let case = given().file("metrics: {interval: 3s}").env("OTEL_METRIC_EXPORT_INTERVAL", "0");
    assert_eq!(case.warnings().len(), 1);
    assert_eq!(case.resolve().unwrap().0.metrics.interval.as_secs(), 3);
}

#[test]
fn a_bad_value_is_an_error_even_where_a_better_one_covers_it() {
    let case = given().file("logs: {level: loud}").env("RUST_LOG", "info");
    assert!(case.error().starts_with("otel-kit.yaml:1:8: logs.level: `loud`"), "{}", case.error());
}

#[test]
fn errors_of_code_say_so() {
    let case = given().code(|code| code.traces.sampler.ratio = Some(-1.0));
    assert_eq!(
        case.error(),
        "code: traces.sampler.ratio: -1 is not between 0 and 1; use a number such as 0.1"
    );
}

#[test]
fn attributes_and_headers_are_merged_name_by_name() {
    let case = given()
        .file("{service: {attributes: {a: 1, b: 1, c: 1}}, export: {endpoint: 'http://c', headers: {A: f, b: f}}}")
        .env("OTEL_RESOURCE_ATTRIBUTES", "b=2,c=2")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "b=e,c=e")
        .code(|code| {
            code.service.attributes.insert("c".to_owned(), 3.into());
            code.export.all.headers.insert("C".to_owned(), "c".into());
        });
    for (key, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
        assert_eq!(case.value(&format!("service.attributes.{key}")).as_deref(), Some(value));
    }
    let (config, _) = case.resolve().unwrap();
    let super::super::Exporter::Otlp(otlp) = config.export.traces else { panic!() };
    let headers: Vec<_> = otlp.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(headers, [("a", "f"), ("b", "e"), ("c", "c")]);
}

#[test]
fn a_key_of_one_signal_beats_the_general_one_whatever_their_sources() {
    let case = given()
        .file("export: {traces: {endpoint: 'http://t/x', headers: {a: t}}, headers: {b: g}, timeout: 3s}")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://g")
        .env("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "2000");
    let printed = case.printed();
    for line in [
        "export.traces.endpoint: http://t/x",
        "export.traces.headers.a: ***",
        "export.traces.timeout: 3s",
        "export.metrics.endpoint: http://g/v1/metrics",
        "export.metrics.headers.b: ***",
        "export.logs.timeout: 2s",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "no `{line}` in\n{printed}");
    }
    assert!(!printed.contains("export.traces.headers.b"));
}

#[test]
fn the_choice_of_an_exporter_follows_the_same_order() {
    let protocol = |case: Given| case.value("export.traces.protocol").unwrap();
    let file = || given().file("export: {protocol: none, endpoint: 'http://c'}");
    assert_eq!(protocol(file()), "none");
    assert_eq!(protocol(file().env("OTEL_TRACES_EXPORTER", "otlp")), "http/protobuf");
    assert_eq!(protocol(file().env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")), "grpc");
    let console =
        |code: &mut PartialConfig| code.export.traces.protocol = Some(super::super::Protocol::Console);
    assert_eq!(protocol(file().env("OTEL_TRACES_EXPORTER", "otlp").code(console)), "console");
}

#[test]
fn log_export_is_switched_by_key_or_by_variable() {
    let protocol = |case: Given| case.value("export.logs.protocol").unwrap();
    let file = || given().file("{logs: {otlp: false}, export: {endpoint: 'http://c'}}");
    assert_eq!(protocol(file()), "none");
    assert_eq!(protocol(file().env("OTEL_LOGS_EXPORTER", "otlp")), "http/protobuf");
    assert_eq!(protocol(file().code(|code| code.logs.otlp = Some(true))), "http/protobuf");
    assert_eq!(file().value("export.traces.protocol").as_deref(), Some("http/protobuf"));
}

#[test]
fn a_queue_of_the_environment_that_is_too_short_is_a_warning() {
    let case = given().file("traces: {batch: {size: 100}}").env("OTEL_BSP_MAX_QUEUE_SIZE", "50");
    assert_eq!(
        case.warnings(),
        ["OTEL_BSP_MAX_QUEUE_SIZE: a batch of 100 does not fit into a queue of 50; batches of 50 are sent"]
    );
}
