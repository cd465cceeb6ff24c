//! Tests of otel-kit that span crates; they are in `tests/`, and here those that are documentation.

/// What the README shows works as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Another version of `opentelemetry` in the build is another set of globals, and there:
///
/// ```
/// use std::any::TypeId;
///
/// let ours = TypeId::of::<otel_kit::opentelemetry::Context>();
/// assert_ne!(ours, TypeId::of::<opentelemetry_of_before::Context>());
/// ```
///
/// Whoever uses it is told by the compiler, because of this line:
///
/// ```compile_fail,E0308
/// otel_kit::assert_same_opentelemetry!(opentelemetry_of_before);
/// # fn main() {}
/// ```
///
/// and by no other reason, since this compiles:
///
/// ```
/// otel_kit::assert_same_opentelemetry!(otel_kit::opentelemetry);
/// # fn main() {}
/// ```
#[cfg(doctest)]
pub struct SecondVersion;
