//! Where an exception comes from, as far as builds agree on it.

use std::borrow::Cow;

use otel_kit_core::exception::Mechanism;

use super::Facts;
use crate::stack::{Frame, Stack, crate_of, normalise, package, relative};

/// Where it comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Origin<'a> {
    /// Functions of the application, innermost first: from where a panic began or an error with a stack of its own.
    Frames(Vec<&'a str>),
    /// Where it was recorded, by the file and the function. That is a function of the place alone, so that all errors
    /// of one place and one type have one fingerprint, whoever called.
    Place {
        file: Cow<'a, str>,
        function: Option<(Cow<'a, str>, Source)>,
    },
    Operation(&'a str),
    Unknown,
}

/// From where a function is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Source {
    Macro,
    Stack,
}

impl<'a> Origin<'a> {
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        let stack = facts.stack.filter(|stack| stack.is_complete);
        let own = stack.filter(|stack| stack.is_of_error || facts.mechanism == Mechanism::Panic);
        let frames = own.map(functions).unwrap_or_default();
        if !frames.is_empty() {
            return Self::Frames(frames);
        }
        match (facts.place, facts.operation) {
            (Some(place), _) => {
                let from_macro =
                    place.function.and_then(normalise).map(|name| (Cow::Owned(name), Source::Macro));
                // The functions behind the place of a panic are those of its frames.
                let recorded =
                    stack.filter(|_| own.is_none()).and_then(|stack| functions(stack).first().copied());
                let from_stack = recorded.map(|name| (Cow::Borrowed(name), Source::Stack));
                Self::Place { file: relative(place.file), function: from_macro.or(from_stack) }
            }
            (None, Some(operation)) => Self::Operation(operation),
            (None, None) => Self::Unknown,
        }
    }
}

/// The application's functions from the cause outwards, each once, as recursion is as deep as its data. What called
/// into the application, a server or the runtime, is where they end: the layers above it say nothing of the cause.
pub(super) fn functions(stack: &Stack) -> Vec<&str> {
    let cause = stack.frames.iter().rposition(is_panic).map_or(0, |last| last + 1);
    let mut functions = Vec::new();
    for frame in stack.frames.iter().skip(cause) {
        if !functions.is_empty() && is_end(frame) {
            break;
        }
        let function = frame.normal.as_deref().filter(|_| frame.is_in_app);
        functions.extend(function.filter(|function| !functions.contains(function)));
        if functions.len() == MOST {
            break;
        }
    }
    functions
}

/// The machinery of a panic: what is further in is not its cause, but the hook.
fn is_panic(frame: &Frame) -> bool {
    let name = frame.name.trim_start_matches('<');
    PANICS.iter().any(|panic| name.starts_with(panic)) || name.contains("rust_begin_unwind")
}

fn is_end(frame: &Frame) -> bool {
    let is_server = match frame.file.as_deref() {
        Some(file) => package(file).is_some_and(|package| SERVERS.contains(&&*package.replace('-', "_"))),
        None => SERVERS.contains(&crate_of(&frame.name)),
    };
    is_server || frame.name.contains("__rust_begin_short_backtrace")
}

/// So that changes far out do not split a group.
const MOST: usize = 5;

const PANICS: &[&str] = &[
    "core::panicking::",
    "std::panicking::begin_panic",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "core::slice::index::",
];

/// Servers and runtimes.
const SERVERS: &[&str] = &[
    "axum",
    "axum_core",
    "axum_server",
    "h2",
    "hyper",
    "hyper_util",
    "tokio",
    "tokio_util",
    "tonic",
    "tower",
    "tower_http",
    "tower_layer",
    "tower_service",
];

#[cfg(test)]
mod tests {
    use super::*;

    const TOWER: &str = "/root/.cargo/registry/src/index.crates.io-1949/tower-0.5.2/src/util.rs";

    fn functions_of(frames: &[(&str, Option<&str>)]) -> Vec<String> {
        let frame = |(name, file): &(&str, Option<&str>)| Frame {
            name: (*name).to_owned(),
            normal: normalise(name),
            file: file.map(str::to_owned),
            is_in_app: *file == Some(APP),
            ..Frame::default()
        };
        let stack =
            Stack { frames: frames.iter().map(frame).collect(), is_complete: true, is_of_error: false };
        functions(&stack).into_iter().map(str::to_owned).collect()
    }

    const APP: &str = "shop/src/lib.rs";

    #[test]
    fn what_is_further_in_than_the_panic_is_its_hook() {
        let frames = [
            ("shop::hook", Some(APP)),
            ("__rustc::rust_begin_unwind", None),
            ("core::panicking::panic_fmt", None),
            ("core::option::unwrap_failed", None),
            ("shop::load", Some(APP)),
            ("shop::main", Some(APP)),
        ];
        assert_eq!(functions_of(&frames), ["shop::load", "shop::main"]);
    }

    #[test]
    fn the_server_ends_them_and_so_does_the_start_of_a_thread() {
        for end in [
            ("tower::util::call", Some(TOWER)),
            ("hyper::server::serve", None),
            ("<axum::Router>::call", None),
        ] {
            let frames = [("axum::x", None), ("shop::load", Some(APP)), end, ("shop::middleware", Some(APP))];
            assert_eq!(functions_of(&frames), ["shop::load"], "{end:?}");
        }
        let start = ("std::sys::backtrace::__rust_begin_short_backtrace", None);
        assert_eq!(
            functions_of(&[("shop::load", Some(APP)), start, ("shop::spawn", Some(APP))]),
            ["shop::load"]
        );
    }

    #[test]
    fn recursion_and_the_bodies_of_async_functions_count_once_and_five_are_enough() {
        let names = [
            "shop::a::{{closure}}",
            "shop::a",
            "shop::b",
            "shop::a",
            "shop::b",
            "shop::c",
            "shop::d",
            "shop::e",
            "shop::f",
        ];
        let frames = names.map(|name| (name, Some(APP)));
        assert_eq!(functions_of(&frames), ["shop::a", "shop::b", "shop::c", "shop::d", "shop::e"]);
    }
}
