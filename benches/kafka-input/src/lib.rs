//! A broker in the process, a record for it, and a message of it.

use std::{
    hint::black_box,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use measure::Loop;
use rdkafka::{
    ClientConfig, Timestamp,
    message::{Header, Message, OwnedHeaders, OwnedMessage},
    mocking::MockCluster,
    producer::{DefaultProducerContext, FutureRecord},
};

/// A broker with the topic `orders`.
pub type Cluster = MockCluster<'static, DefaultProducerContext>;

/// How long anything may take.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A broker, and a configuration that reaches it.
///
/// # Panics
/// If there can be none.
#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
#[must_use]
pub fn broker() -> (Cluster, ClientConfig) {
    let cluster = MockCluster::new(1).expect("a broker");
    cluster.create_topic("orders", 1, 1).expect("a topic");
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", cluster.bootstrap_servers()).set("client.id", "shop");
    config.set("group.id", "billing").set("linger.ms", "0");
    (cluster, config)
}

/// A record with a header of its own.
#[must_use]
pub fn record() -> FutureRecord<'static, str, str> {
    let headers = OwnedHeaders::new_with_capacity(4).insert(Header { key: "kind", value: Some("order") });
    FutureRecord::to("orders").key("order-7").payload("{\"order\":7,\"paid\":true}").headers(headers)
}

/// A message that carries a trace.
#[must_use]
pub fn message() -> OwnedMessage {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = OwnedHeaders::new()
        .insert(Header { key: "kind", value: Some("order") })
        .insert(Header { key: "traceparent", value: Some(parent) });
    let payload = Some(b"{\"order\":7,\"paid\":true}".to_vec());
    let key = Some(b"order-7".to_vec());
    OwnedMessage::new(payload, key, "orders".to_owned(), Timestamp::NotAvailable, 0, 7, Some(headers))
}

/// Measures a send up to the broker's acknowledgement, on the thread that waits for it.
///
/// # Panics
/// If it fails.
pub fn produce<T, E>(measured: Loop, send: impl AsyncFn(FutureRecord<'static, str, str>) -> Result<T, E>) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    measured.run_on(record, |record| {
        let mut task = Context::from_waker(&waker);
        let mut sending = pin!(send(black_box(record)));
        loop {
            match sending.as_mut().poll(&mut task) {
                Poll::Ready(result) => return assert!(result.is_ok(), "not delivered"),
                Poll::Pending => thread::park(),
            }
        }
    });
}

/// Measures the processing of a message by a handler that does next to nothing.
///
/// # Panics
/// If it does not end at once.
pub fn process<E>(measured: Loop, process: impl AsyncFn(&OwnedMessage) -> Result<usize, E>) {
    let message = message();
    measured.run(|| {
        let mut task = Context::from_waker(Waker::noop());
        let result = pin!(process(black_box(&message))).poll(&mut task);
        assert!(matches!(result, Poll::Ready(Ok(23))));
    });
}

/// The handler.
///
/// # Errors
/// None.
pub async fn handle(message: &OwnedMessage) -> Result<usize, std::fmt::Error> {
    Ok(message.payload().map_or(0, <[u8]>::len))
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
