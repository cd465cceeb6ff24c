//! Alone in its process: it has a panic hook.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    panic,
    sync::atomic::{AtomicUsize, Ordering},
};

use otel_kit_core::semconv::metric::OTEL_KIT_MESSAGING_LOST_CONTEXTS;
use otel_kit_kafka::rdkafka;
use rdkafka::{consumer::CommitMode, message::Message, producer::FutureRecord};
use support::{App, LIMIT, caller, consumer, receive, soon};

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn a_header_whose_key_is_no_text_is_read_once_a_message_and_counted_and_the_message_passes() {
    panic::set_hook(Box::new(|_| {
        PANICS.fetch_add(1, Ordering::Relaxed);
    }));
    let app = App::new();
    produce_by_hand(&app.cluster.bootstrap_servers());
    let consumer = consumer(&app);
    let message = receive(&consumer).await;
    for _ in 0..2 {
        let payload =
            consumer.process(&message, async |message| Ok::<_, ()>(message.payload().map(<[u8]>::len)));
        assert_eq!(soon(payload).await, Ok(Some(4)));
    }
    consumer.start_process(&message.detach()).end();
    consumer
        .process_batch(&[&message].map(|message| message.detach()), async |_| Ok::<_, ()>(()))
        .await
        .unwrap();
    consumer.commit_message(&message, CommitMode::Sync).unwrap();
    assert_eq!(PANICS.load(Ordering::Relaxed), 1, "one attempt");
    assert_eq!(app.spans("process orders").len(), 4);
    for name in ["poll orders", "commit orders"] {
        assert!(app.span(name).links.is_empty());
    }
    assert_eq!(lost(&app), 1);

    // What is sent on goes out as it is.
    let mut detached = message.detach();
    let headers = detached.detach_headers().unwrap();
    let on: FutureRecord<'_, str, str> =
        FutureRecord::to("orders").payload("paid").partition(1).headers(headers);
    soon(caller(app.producer().send(on, LIMIT))).await.unwrap();
    assert_eq!((PANICS.load(Ordering::Relaxed), lost(&app)), (2, 2));
    let message = receive(&consumer).await;
    assert_eq!((message.offset(), message.payload()), (1, Some(&b"paid"[..])));
    assert_eq!(PANICS.load(Ordering::Relaxed), 3, "it is another message");
}

fn lost(app: &App) -> i64 {
    let metric = app.telemetry.metric(OTEL_KIT_MESSAGING_LOST_CONTEXTS).unwrap();
    let of_reason = |point: &otel_kit_testing::received::DataPoint| {
        assert_eq!(point.attr("error.type").as_str(), Some("header_key_not_utf8"));
        assert_eq!(point.attr("messaging.destination.name").as_str(), Some("orders"));
        point.value.as_i64()
    };
    metric.points.iter().filter_map(of_reason).sum()
}

/// Sends a message with a header that rdkafka cannot make: partition 1 of `orders` gets it.
fn produce_by_hand(servers: &str) {
    let mut broker = TcpStream::connect(servers).unwrap();
    broker.write_all(&framed(&request())).unwrap();
    let mut size = [0; 4];
    broker.read_exact(&mut size).unwrap();
    let mut answer = vec![0; u32::from_be_bytes(size).try_into().unwrap()];
    broker.read_exact(&mut answer).unwrap();
}

/// [Produce](https://kafka.apache.org/protocol#The_Messages_Produce), version 3.
fn request() -> Vec<u8> {
    let mut request = Vec::new();
    request.extend([0, 0, 0, 3, 0, 0, 0, 1]); // produce, version, correlation
    request.extend(text("hand"));
    request.extend([0xff, 0xff, 0, 1, 0, 0, 0x27, 0x10]); // no transaction, one acknowledgement, 10 s
    request.extend([0, 0, 0, 1]);
    request.extend(text("orders"));
    request.extend([0, 0, 0, 1, 0, 0, 0, 1]); // one partition: 1
    request.extend(framed(&batch()));
    request
}

/// [A record batch](https://kafka.apache.org/documentation/#recordbatch) of one record; nobody asks for its checksum.
fn batch() -> Vec<u8> {
    let mut record = vec![0, 0, 0, 1]; // attributes, two deltas, no key (-1)
    record.extend([8, b'p', b'a', b'i', b'd', 2]); // a payload of four bytes, one header
    record.extend([4, 0xff, 0xfe, 2, b'1']); // a key of two bytes that are no text, a value of one
    let mut rest = vec![0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]; // leader's epoch, magic, checksum, attributes
    rest.extend([0; 4]); // last offset delta
    rest.extend([0; 16]); // timestamps
    rest.extend([0xff; 14]); // no producer: id, epoch, sequence
    rest.extend([0, 0, 0, 1]);
    rest.push(u8::try_from(record.len() * 2).unwrap());
    rest.extend(record);
    [&[0; 8][..], &framed(&rest)].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}
