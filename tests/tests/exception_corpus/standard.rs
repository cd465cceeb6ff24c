//! Of the standard library, of Tokio and of JSON, and panics.

use std::{
    collections::HashMap, error::Error, hint::black_box, io, net::IpAddr, str, sync::Arc, time::Duration,
};

use serde_json::Value;
use tokio::{runtime::Builder, sync::oneshot, time::timeout};

use super::{Cause, Fails, causes_of};

pub(super) fn causes() -> Vec<Cause> {
    [io_errors(), parse_errors(), texts(), json(), tasks(), panics()].concat()
}

fn io_errors() -> Vec<Cause> {
    let kind = |name, kind: io::ErrorKind| {
        causes_of(name, [io::Error::from(kind), io::Error::new(kind, "of 7"), io::Error::new(kind, "of 12")])
    };
    vec![
        causes_of("io not found", ["/nothing/1", "/nothing/2"].map(|path| std::fs::read(path).unwrap_err())),
        kind("io refused", io::ErrorKind::ConnectionRefused),
        kind("io reset", io::ErrorKind::ConnectionReset),
        kind("io pipe", io::ErrorKind::BrokenPipe),
        kind("io end", io::ErrorKind::UnexpectedEof),
        kind("io denied", io::ErrorKind::PermissionDenied),
        causes_of("io full", [28, 28].map(io::Error::from_raw_os_error)),
        causes_of("io other", ["pool 3 is closed", "pool 14 is closed"].map(io::Error::other)),
        causes_of("io other text", ["disk /a/b is gone", "disk /c is gone"].map(io::Error::other)),
    ]
}

fn parse_errors() -> Vec<Cause> {
    let utf8 = |bytes: &[u8]| str::from_utf8(bytes).unwrap_err();
    vec![
        causes_of("integer", ["x", "y"].map(|text| text.parse::<u8>().unwrap_err())),
        causes_of("float", ["x", "y"].map(|text| text.parse::<f32>().unwrap_err())),
        causes_of("boolean", ["x", "y"].map(|text| text.parse::<bool>().unwrap_err())),
        causes_of("address", ["x", "y"].map(|text| text.parse::<IpAddr>().unwrap_err())),
        causes_of("utf8", [&[0xff][..], &[b'a', 0xfe]].map(utf8)),
        causes_of(
            "utf8 string",
            [vec![0xff], vec![b'a', 0xfe]].map(|bytes| String::from_utf8(bytes).unwrap_err()),
        ),
        causes_of("conversion", [300_u32, 4_000].map(|number| u8::try_from(number).unwrap_err())),
        causes_of(
            "variable",
            ["OTEL_KIT_NO_1", "OTEL_KIT_NO_2"].map(|name| std::env::var(name).unwrap_err()),
        ),
    ]
}

fn texts() -> Vec<Cause> {
    let text = |name, texts: [&'static str; 2]| causes_of(name, texts.map(Box::<dyn Error>::from));
    vec![
        text("text price", ["order 7 has no price", "order 12345 has no price"]),
        text("text owner", ["order 7 has no owner", "order 12345 has no owner"]),
        text(
            "text message",
            [
                "message 550e8400-e29b-41d4-a716-446655440000 is too old",
                "message a50e8400-e29b-41d4-a716-44665544000f is too old",
            ],
        ),
        text(
            "text mail",
            ["no mail to ann@example.org after 12ms", "no mail to bob.lee@mail.example.com after 3ms"],
        ),
        text(
            "text status 404",
            ["status 404 of https://a.example/1", "status 404 of https://b.example/x?y=2"],
        ),
        text(
            "text status 503",
            ["status 503 of https://a.example/1", "status 503 of https://b.example/x?y=2"],
        ),
    ]
}

fn json() -> Vec<Cause> {
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap_err();
    let map = |text: &str| serde_json::from_str::<HashMap<String, u8>>(text).unwrap_err();
    vec![
        causes_of("json end", ["{\"a\": 1", "{\"a\": 1,\n\"b\": 2"].map(value)),
        causes_of("json value", ["{\"a\": ?}", "[1,\n?]"].map(value)),
        causes_of("json behind", ["1 2", "[12] 3"].map(value)),
        causes_of("json type", ["{\"a\": \"x\"}", "{\"bc\":\n\"yz\"}"].map(map)),
        causes_of("json range", ["{\"a\": 300}", "{\"a\":\n4000}"].map(map)),
    ]
}

fn tasks() -> Vec<Cause> {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let mut errors = (Vec::new(), Vec::new(), Vec::new());
        for millis in [1, 2] {
            errors.0.push(
                timeout(Duration::from_millis(millis), std::future::pending::<()>()).await.unwrap_err(),
            );
            let (sender, receiver) = oneshot::channel::<()>();
            drop(sender);
            errors.1.push(receiver.await.unwrap_err());
            let task = tokio::spawn(std::future::pending::<()>());
            task.abort();
            errors.2.push(task.await.unwrap_err());
        }
        vec![causes_of("elapsed", errors.0), causes_of("closed", errors.1), causes_of("cancelled", errors.2)]
    })
}

fn panics() -> Vec<Cause> {
    let panic = |name, fails: fn(usize)| -> Cause {
        (name, [7_usize, 12].map(|data| Arc::new(move |_: &_| fails(data)) as Fails).to_vec())
    };
    vec![
        panic("panic text", |data| panic!("nothing left of {data}")),
        panic("panic other text", |data| panic!("nothing right of {data}")),
        panic("panic none", |_| black_box(None).unwrap()),
        panic("panic expected", |_| black_box(None).expect("a number")),
        panic("panic error", |data| keep("x".repeat(data).parse::<u8>().unwrap())),
        panic("panic index", |data| keep(black_box([1, 2, 3].to_vec())[data])),
        panic("panic divided", |data| keep(black_box(data) / black_box(0))),
        panic("panic task", |data| {
            let runtime = Builder::new_current_thread().build().unwrap();
            let _ = runtime.block_on(runtime.spawn(async move { panic!("task {data} has no time") }));
        }),
    ]
}

fn keep(number: impl Sized) {
    black_box(number);
}
