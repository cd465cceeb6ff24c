use super::*;

const EXPORTER: &str = "OTEL_METRICS_EXPORTER";
const HOST: &str = "OTEL_EXPORTER_PROMETHEUS_HOST";
const PORT: &str = "OTEL_EXPORTER_PROMETHEUS_PORT";

fn listen(case: &Given) -> Option<String> {
    case.value("metrics.prometheus.listen")
}

fn in_file() -> Given {
    given().file("metrics: {prometheus: {listen: '0.0.0.0:1'}}")
}

#[test]
fn who_names_an_address_or_the_exporter_gets_a_listener() {
    let cases = [
        (given(), None),
        (given().env(HOST, "::").env(PORT, "1"), None),
        (given().env(EXPORTER, "prometheus"), Some("localhost:9464")),
        (given().env(EXPORTER, "otlp,Prometheus").env(HOST, "::"), Some("[::]:9464")),
        (given().env(EXPORTER, "prometheus").env(PORT, "0"), Some("localhost:0")),
        (in_file(), Some("0.0.0.0:1")),
        (in_file().env(PORT, "2"), Some("0.0.0.0:2")),
        (in_file().env(HOST, "[::1]").env(EXPORTER, "prometheus"), Some("[::1]:1")),
        (in_file().env(PORT, "2").code(|c| c.metrics.prometheus.listen = Some("h:3".into())), Some("h:3")),
        (in_file().code(|c| c.metrics.prometheus.enabled = Some(false)), None),
    ];
    for (case, expected) in cases {
        assert_eq!(listen(&case).as_deref(), expected);
        let enabled = case.value("metrics.prometheus.enabled");
        assert_eq!(enabled, Some(expected.is_some().to_string()));
    }
}

#[test]
fn a_router_of_ones_own_needs_no_address() {
    let case = given().file("metrics: {prometheus: {enabled: true}}");
    assert_eq!(case.value("metrics.prometheus.enabled").as_deref(), Some("true"));
    assert_eq!(listen(&case), None);
}

#[test]
fn prometheus_alone_is_instead_of_otlp_and_beside_it_leaves_it_alone() {
    let exported = |exporter| {
        let case = given().env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c").env(EXPORTER, exporter);
        case.value("export.metrics.endpoint")
    };
    assert_eq!(exported("prometheus"), None);
    assert_eq!(exported("prometheus,otlp").as_deref(), Some("http://c/v1/metrics"));
}

#[test]
fn without_its_feature_it_is_an_error_in_the_file_and_a_warning_in_the_environment() {
    for key in ["listen: 'h:1'", "enabled: true"] {
        let case = given().features(NONE).file(&format!("metrics: {{prometheus: {{{key}}}}}"));
        assert_eq!(
            case.error(),
            "otel-kit.yaml:1:11: metrics.prometheus: `prometheus` is not in this build; enable feature \
             `prometheus` of otel-kit"
        );
    }
    let case = given().features(NONE).env(EXPORTER, "prometheus");
    assert_eq!(
        case.warnings(),
        [
            "OTEL_METRICS_EXPORTER: ignored, `prometheus` is not in this build; enable feature `prometheus` of otel-kit"
        ]
    );
    assert_eq!(case.resolve().unwrap().0.metrics.prometheus.listen, None);
}
