use opentelemetry::logs::Severity;
use otel_kit_core::exception::Mechanism;

/// How bad an exception is by the
/// [conventions](https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/): FATAL ends the process,
/// ERROR was dealt with by nobody, WARN by the caller, and what a client met and dealt with harms nobody.
pub(crate) const fn usual_severity(mechanism: Mechanism, is_handled: bool, is_fatal: bool) -> Severity {
    match (mechanism, is_handled) {
        _ if is_fatal => Severity::Fatal,
        (Mechanism::Client, true) => Severity::Debug,
        (Mechanism::Client, false) | (_, true) => Severity::Warn,
        _ => Severity::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_the_process_is_worst_and_what_is_dealt_with_least() {
        for (mechanism, is_handled, severity) in [
            (Mechanism::Handler, false, Severity::Error),
            (Mechanism::Handler, true, Severity::Warn),
            (Mechanism::Panic, false, Severity::Error),
            (Mechanism::Manual, false, Severity::Error),
            (Mechanism::Client, false, Severity::Warn),
            (Mechanism::Client, true, Severity::Debug),
        ] {
            assert_eq!(usual_severity(mechanism, is_handled, false), severity, "{mechanism:?}");
            assert_eq!(usual_severity(mechanism, is_handled, true), Severity::Fatal);
        }
    }
}
