//! A trace over process boundaries by environment variables: for programs that a shell, a scheduler or a build
//! starts, and for the processes that a service starts.
//!
//! The formats are those of `propagators`, each header as a variable in upper case with underscores:
//! `TRACEPARENT`, `TRACESTATE`, `BAGGAGE`, `B3`, `UBER_TRACE_ID` and so on; the baggage of the format `jaeger`
//! has no such names and stays behind. Convention:
//! [environment variables as carriers](https://opentelemetry.io/docs/specs/otel/context/env-carriers/).

use std::{
    env,
    ffi::{OsStr, OsString},
    process::Command,
};

use opentelemetry::{Context, propagation::TextMapPropagator};
use otel_kit_core::{
    Kit,
    propagation::{FieldInjector, Propagator},
};

/// The current context with what the environment of this process names: a remote parent, baggage.
///
/// Attach it around the work of a short-lived program, after `init`, and let go of it before the guard:
///
/// ```
/// let _telemetry = otel_kit::init!()?;
/// let _parent = otel_kit::environment::context().attach();
/// otel_kit::tracing::info_span!("nightly import").in_scope(|| { /* the work */ });
/// # Ok::<_, otel_kit::InitError>(())
/// ```
#[must_use]
pub fn context() -> Context {
    extract(&propagator(), |name| env::var_os(name))
}

/// Gives a child process the context, in place of what it would inherit of the same formats.
///
/// Without a valid span no trace variables are written, and without baggage no baggage: then the child inherits
/// what this process has. A `TRACESTATE` of another trace never comes along.
///
/// ```
/// use std::process::Command;
/// use otel_kit::opentelemetry::Context;
///
/// let mut command = Command::new("backup");
/// otel_kit::environment::inject(&Context::current(), &mut command);
/// ```
///
/// For tokio's `Command` use its `as_std_mut()`.
pub fn inject(context: &Context, command: &mut Command) {
    let propagator = propagator();
    let mut fields = FieldInjector::new();
    propagator.inject_context(context, &mut fields);
    for field in propagator.fields().filter(|field| fields.replaces(field)) {
        command.env_remove(variable(field));
    }
    for (field, value) in fields.into_fields() {
        if propagator.fields().any(|known| known == field) {
            command.env(variable(&field), value);
        }
    }
}

fn extract(propagator: &Propagator, variables: impl Fn(&OsStr) -> Option<OsString>) -> Context {
    let found: Vec<(&str, OsString)> = propagator
        .fields()
        .filter_map(|field| Some((field, variables(OsStr::new(&variable(field)))?)))
        .collect();
    let fields = found.iter().map(|(field, value)| (*field, value.as_encoded_bytes()));
    propagator.extract_fields(&Context::current(), fields)
}

/// How a field is called in the environment.
fn variable(field: &str) -> String {
    field.to_ascii_uppercase().replace('-', "_")
}

fn propagator() -> Propagator {
    Kit::global().map(|kit| kit.propagator().clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use opentelemetry::{
        baggage::BaggageExt,
        trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
    };
    use otel_kit_core::propagation::Format;

    use super::*;

    const PARENT: &str = "00-12345678901234567890123456789012-1234567890123456-01";

    fn extracted(propagator: &Propagator, variables: &[(&str, &str)]) -> Context {
        extract(propagator, |name| {
            let found = variables.iter().find(|(known, _)| name == *known);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    fn injected(context: &Context) -> Vec<(String, Option<String>)> {
        let mut command = Command::new("true");
        inject(context, &mut command);
        let text = |text: &OsStr| text.to_str().unwrap().to_owned();
        command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    #[test]
    fn a_trace_of_the_environment_is_continued_and_given_to_a_child() {
        let variables = [("BAGGAGE", "user=7"), ("TRACEPARENT", PARENT), ("TRACESTATE", "a=1")];
        let context = extracted(&Propagator::default(), &variables);
        assert!(context.span().span_context().is_remote());
        assert_eq!(context.baggage().get("user").unwrap().as_str(), "7");
        let expected: Vec<_> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect();
        assert_eq!(injected(&context), expected);
    }

    #[test]
    fn malformed_lower_case_and_empty_variables_are_none() {
        for variables in
            [&[][..], &[("traceparent", PARENT)], &[("TRACEPARENT", "")], &[("TRACEPARENT", "00-1")]]
        {
            let context = extracted(&Propagator::default(), variables);
            assert!(!context.has_active_span(), "{variables:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_none() {
        use std::os::unix::ffi::OsStringExt;
        let context = extract(&Propagator::default(), |_| Some(OsString::from_vec(vec![0xff, b'a'])));
        assert!(!context.has_active_span() && context.baggage().is_empty());
    }

    #[test]
    fn other_formats_have_their_variables() {
        let propagator = Propagator::new(&[Format::B3Multi, Format::Jaeger]);
        let several = [("X_B3_TRACEID", "00000000000000aa"), ("X_B3_SPANID", "00000000000000bb")];
        assert!(extracted(&propagator, &several).has_active_span());
        assert!(extracted(&propagator, &[("UBER_TRACE_ID", "a:b:0:1")]).has_active_span());
    }

    #[test]
    fn a_child_does_not_inherit_the_state_of_another_trace() {
        let span = SpanContext::new(
            TraceId::from(1),
            SpanId::from(2),
            TraceFlags::SAMPLED,
            false,
            TraceState::default(),
        );
        let variables = injected(&Context::new().with_remote_span_context(span));
        let parent = format!("00-{:0>32}-{:0>16}-01", 1, 2);
        assert_eq!(variables, [("TRACEPARENT".to_owned(), Some(parent)), ("TRACESTATE".to_owned(), None)]);
        assert!(injected(&Context::new()).is_empty(), "it inherits what is there");
    }
}
