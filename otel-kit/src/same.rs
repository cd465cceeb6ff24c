/// Refuses to compile if the application's `opentelemetry` is another version than otel-kit's.
///
/// Two versions in one build have two sets of globals: spans made with the wrong one go nowhere, without any
/// error. Use the re-export [`otel_kit::opentelemetry`](crate::opentelemetry), which cannot differ; or, with a
/// dependency of your own on the API, write this line once, next to `main`:
///
/// ```
/// use otel_kit::opentelemetry; // or a dependency of your own
///
/// otel_kit::assert_same_opentelemetry!(opentelemetry);
/// # fn main() {}
/// ```
///
/// The compiler's message then names both versions. It sees the crate that it is given; what other libraries
/// bring along, nobody can see from inside the program: `cargo tree --duplicates` lists it.
///
/// ```compile_fail,E0308
/// mod opentelemetry {
///     pub struct Context; // another type with the same name, as in another version
/// }
/// otel_kit::assert_same_opentelemetry!(crate::opentelemetry);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! assert_same_opentelemetry {
    ($($path:tt)+) => {
        const _: () = {
            use $($path)+ as application;
            const _: fn(application::Context) -> $crate::opentelemetry::Context = |same_version| same_version;
        };
    };
}
