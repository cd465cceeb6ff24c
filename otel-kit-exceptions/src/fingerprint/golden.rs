//! What version 1 makes of certain facts. Not one of these digits may ever change: people know, silence and settle
//! groups by them, and compare processes of several versions. What has to be better is version 2.

use otel_kit_core::exception::Mechanism::{self, Client, Handler, Log, Manual, Panic};

use super::{Facts, Place, of};
use crate::stack::{Frame, InApp, Stack, normalise, parse_text};

/// One row: what is known, and both fingerprints.
struct Golden {
    chain: &'static [&'static str],
    /// Whether it counts, and what it is.
    message: (bool, &'static str),
    /// File and function, or the operation.
    origin: Origin,
    /// Functions on a complete stack, those of the application marked by `!`.
    frames: &'static [&'static str],
    mechanism: Mechanism,
    custom: Option<&'static [&'static str]>,
    primary: &'static str,
    secondary: &'static str,
}

#[derive(Clone, Copy)]
enum Origin {
    File(&'static str),
    Function(&'static str, &'static str),
    Operation(&'static str),
    Nowhere,
}

const BASE: Golden = Golden {
    chain: &["shop::Error::Load", "sqlx::Error::Database", "PgDatabaseError::42P01"],
    message: (false, "cannot load order 42"),
    origin: Origin::File("shop/src/orders.rs"),
    frames: &[],
    mechanism: Manual,
    custom: None,
    primary: "",
    secondary: "",
};

const TABLE: &[Golden] = &[
    Golden { primary: "5fe86de779ac736d", secondary: "10b4306cf23e43dc", ..BASE },
    Golden {
        origin: Origin::File("/srv/build/shop/src/orders.rs"),
        primary: "5fe86de779ac736d",
        secondary: "10b4306cf23e43dc",
        ..BASE
    },
    Golden {
        origin: Origin::Function("shop/src/orders.rs", "shop::orders::Pg<_>::load::{{closure}}"),
        primary: "863d4607d1aa41de",
        secondary: "10b4306cf23e43dc",
        ..BASE
    },
    Golden {
        frames: &[
            "otel_kit_exceptions::record",
            "!<shop::orders::Pg<T> as shop::Repo>::load::{{closure}}",
            "!shop::main",
        ],
        primary: "26be708bfc4ab310",
        secondary: "10b4306cf23e43dc",
        ..BASE
    },
    Golden {
        origin: Origin::Operation("POST /orders/{id}"),
        mechanism: Handler,
        primary: "fc3b12a4f38a4bde",
        secondary: "8262245b243e7986",
        ..BASE
    },
    Golden { origin: Origin::Nowhere, primary: "b49fb0568c1c99c5", secondary: "fb3ea817da765f9e", ..BASE },
    Golden {
        chain: &[],
        message: (true, ""),
        origin: Origin::Nowhere,
        primary: "48b5cacfaa2f86ee",
        secondary: "26009ee5d1ebaadd",
        ..BASE
    },
    Golden {
        chain: &["anyhow::Error"],
        message: (true, "user 42 of tenant \"acme\" not found after 12ms\n\nat 10.0.0.1:5432\nthird line"),
        primary: "200b24d2648593b9",
        secondary: "720cc7606ad2ec71",
        ..BASE
    },
    Golden {
        chain: &["std::io::Error::ConnectionRefused"],
        message: (false, "Connection refused (os error 111)"),
        mechanism: Client,
        primary: "d92ea11af7cf0119",
        secondary: "33a0f7c2341729ac",
        ..BASE
    },
    Golden {
        chain: &["error"],
        message: (true, "Connection refused (os error 111)"),
        mechanism: Log,
        primary: "5b4e1ecd77ea7a52",
        secondary: "95529ad35594c428",
        ..BASE
    },
    Golden {
        chain: &["panic"],
        message: (true, "index out of bounds: the len is 3 but the index is 7"),
        frames: &[
            "!hook::report",
            "rust_begin_unwind",
            "core::panicking::panic_fmt",
            "!shop::orders::total::{{closure}}",
            "core::iter::Iterator::map",
            "!shop::orders::total",
            "!shop::orders::total",
            "!shop::api::<impl shop::Api for shop::Service<P>>::orders",
            "!shop::a",
            "!shop::b",
            "!shop::c",
            "!shop::d",
        ],
        mechanism: Panic,
        primary: "fe2cd713bcd238d0",
        secondary: "03c1723a0cf7eaa8",
        ..BASE
    },
    Golden {
        chain: &["panic"],
        message: (true, "called `Option::unwrap()` on a `None` value"),
        frames: &[
            "core::option::unwrap_failed",
            "!shop::take",
            "tokio::runtime::task::poll",
            "tokio::spawn",
            "!shop::main",
        ],
        mechanism: Panic,
        primary: "8860518278f512a9",
        secondary: "c670d28c2adad86a",
        ..BASE
    },
    Golden {
        chain: &["panic"],
        message: (true, "called `Option::unwrap()` on a `None` value"),
        mechanism: Panic,
        primary: "9b749ba89cc01cb1",
        secondary: "c670d28c2adad86a",
        ..BASE
    },
    Golden {
        custom: Some(&["database"]),
        primary: "4b35ae6941a774c7",
        secondary: "4b35ae6941a774c7",
        ..BASE
    },
    Golden {
        custom: Some(&["{{ default }}", "tenant\nacme"]),
        primary: "efcb1a204ee71521",
        secondary: "9630a2979c03845e",
        ..BASE
    },
];

#[test]
fn version_1_never_changes() {
    let mut wrong = Vec::new();
    for (row, golden) in TABLE.iter().enumerate() {
        let found = of_row(golden);
        if found != (golden.primary.to_owned(), golden.secondary.to_owned()) {
            wrong.push((row, found));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn version_1_of_an_error_that_brings_its_stack_never_changes() {
    let text = "   0: anyhow::error::<impl core::convert::From<E> for anyhow::Error>::from
             at /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/anyhow-1.0.100/src/backtrace.rs:27:14
   1: shop::parse
             at ./shop/src/parse.rs:17:9
   2: <shop::Service as shop::Any>::any::{{closure}}
             at ./shop/src/lib.rs:5:1
   3: <F as axum::handler::Handler<M,S>>::call
             at /root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/axum-0.8.9/src/handler/mod.rs:246:5
   4: shop::middleware
             at ./shop/src/main.rs:9:1
";
    let stack = parse_text(text, &InApp::new(&[]));
    let chain = ["anyhow::Error".to_owned()];
    let fingerprint = of(&Facts {
        custom: None,
        chain: &chain,
        message: "no order 42",
        is_opaque: true,
        place: Some(Place { file: "shop/src/main.rs", function: None }),
        operation: None,
        stack: Some(&stack),
        mechanism: Handler,
    });
    assert_eq!((&*fingerprint.primary, &*fingerprint.secondary), ("8376daadcfb7c65d", "62157069fb86a50f"));
    assert_eq!(fingerprint.culprit.as_deref(), Some("shop::parse"));
}

fn of_row(golden: &Golden) -> (String, String) {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (chain, custom) = (owned(golden.chain), golden.custom.map(owned));
    let stack = stack(golden.frames);
    let (place, operation) = match golden.origin {
        Origin::File(file) => (Some(Place { file, function: None }), None),
        Origin::Function(file, function) => (Some(Place { file, function: Some(function) }), None),
        Origin::Operation(operation) => (None, Some(operation)),
        Origin::Nowhere => (None, None),
    };
    let fingerprint = of(&Facts {
        custom: custom.as_deref(),
        chain: &chain,
        message: golden.message.1,
        is_opaque: golden.message.0,
        place,
        operation,
        stack: Some(&stack).filter(|stack| !stack.frames.is_empty()),
        mechanism: golden.mechanism,
    });
    (fingerprint.primary, fingerprint.secondary)
}

fn stack(names: &[&str]) -> Stack {
    let frames = names.iter().map(|marked| {
        let name = marked.trim_start_matches('!');
        let is_in_app = name.len() < marked.len();
        Frame { name: name.to_owned(), normal: normalise(name), is_in_app, ..Frame::default() }
    });
    Stack { frames: frames.collect(), is_complete: true, is_of_error: false }
}
