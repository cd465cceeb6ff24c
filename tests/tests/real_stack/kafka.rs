//! The adapter of rdkafka against a real Apache Kafka.

use std::{
    collections::HashSet,
    convert::Infallible,
    future::Future,
    path::Path,
    process::Stdio,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream};
use opentelemetry::trace::Status;
use otel_kit_kafka::{
    FutureProducer, StreamConsumer,
    rdkafka::{
        ClientConfig,
        admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
        client::DefaultClientContext,
        consumer::{CommitMode, Consumer},
        error::KafkaError,
        message::{Headers, Message},
        producer::{FutureRecord, Producer},
    },
};
use otel_kit_testing::{
    Telemetry,
    received::{DataPoint, ReceivedSpan},
};
use tokio::process::Command;
use tracing::subscriber::{DefaultGuard, set_default};

use crate::{
    service::Service,
    sql::{LIMIT, caller},
};

/// An application with a topic and a group of its own at the broker, and what it exported.
struct App {
    telemetry: Telemetry,
    topic: String,
    broker: String,
    _subscriber: DefaultGuard,
}

impl App {
    async fn new() -> Self {
        Self::at(server()).await
    }

    async fn at(broker: &Service) -> Self {
        static TOPICS: AtomicUsize = AtomicUsize::new(0);
        let topic = format!("orders-{}", TOPICS.fetch_add(1, Ordering::Relaxed));
        let telemetry = Telemetry::new();
        let _subscriber = set_default(telemetry.subscriber());
        let app = Self { telemetry, topic, broker: broker.address.clone(), _subscriber };
        let admin: AdminClient<DefaultClientContext> = app.config().create().unwrap();
        let topic =
            NewTopic::new(&app.topic, 2, TopicReplication::Fixed(1)).set("max.message.bytes", "100000");
        let created = soon(admin.create_topics([&topic], &AdminOptions::new())).await.unwrap();
        assert!(created.iter().all(Result::is_ok), "{created:?}");
        app
    }

    fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.broker).set("client.id", "shop");
        config
    }

    fn producer(&self) -> FutureProducer {
        self.producer_of(&self.config())
    }

    fn producer_of(&self, config: &ClientConfig) -> FutureProducer {
        config.create::<FutureProducer>().unwrap().with(self.telemetry.kit())
    }

    /// A member of the topic's group that begins where the group has committed.
    fn consumer(&self) -> StreamConsumer {
        let mut config = self.config();
        config.set("group.id", format!("{}-billing", self.topic)).set("enable.auto.commit", "false");
        let consumer = config.set("auto.offset.reset", "earliest").create::<StreamConsumer>().unwrap();
        consumer.subscribe(&[&self.topic]).unwrap();
        consumer.with(self.telemetry.kit())
    }

    /// A record for partition 1 with key and payload.
    fn order(&self) -> FutureRecord<'_, str, str> {
        FutureRecord::to(&self.topic).key("7").payload("paid").partition(1)
    }

    /// The spans of an operation on the topic, in the order of their ends.
    fn spans(&self, operation: &str) -> Vec<ReceivedSpan> {
        let name = format!("{operation} {}", self.topic);
        self.telemetry.spans().into_iter().filter(|span| span.name == name).collect()
    }

    fn span(&self, operation: &str) -> ReceivedSpan {
        let [span] = &self.spans(operation)[..] else { panic!("one {operation}: {:?}", self.telemetry) };
        span.clone()
    }

    /// What was counted for an operation, over all attributes.
    fn count(&self, metric: &str, operation: &str) -> u64 {
        let points = self.telemetry.metric(metric).expect(metric).points;
        let of_operation = |point: &&DataPoint| *point.attr("messaging.operation.name") == *operation;
        points.iter().filter(of_operation).map(|point| point.count).sum()
    }
}

/// The broker that the tests share.
pub(crate) fn server() -> &'static Service {
    static SERVER: OnceLock<Service> = OnceLock::new();
    SERVER.get_or_init(broker)
}

fn broker() -> Service {
    Service::start("kafka", ["KAFKA_PORT", "KAFKA_CONTROLLER_PORT"])
}

/// Fails a test that would hang.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(LIMIT, future).await.expect("soon")
}

#[tokio::test]
async fn one_trace_goes_from_the_caller_over_the_broker_to_what_the_handler_does() {
    let app = App::new().await;
    soon(caller(app.producer().send(app.order(), LIMIT))).await.unwrap();
    let consumer = app.consumer();
    let message = soon(consumer.recv()).await.unwrap();
    let stored = consumer.process(&message, async |message| {
        caller(tokio::task::yield_now()).await;
        Ok::<_, Infallible>(message.payload().unwrap().to_vec())
    });
    assert_eq!(soon(stored).await.unwrap(), b"paid");
    consumer.commit_message(&message, CommitMode::Sync).unwrap();

    let [sent, polled, processed, committed] =
        ["send", "poll", "process", "commit"].map(|name| app.span(name));
    let spans = app.telemetry.spans();
    let callers: Vec<_> = spans.iter().filter(|span| span.name == "caller").collect();
    assert!(
        sent.is_child_of(callers[0]) && processed.is_child_of(&sent) && callers[1].is_child_of(&processed)
    );
    for linked in [&polled, &committed] {
        assert_eq!((&linked.links[0].trace_id, &linked.links[0].span_id), (&sent.trace_id, &sent.span_id));
    }
    let (address, port) = app.broker.split_once(':').unwrap();
    for span in [&sent, &polled, &processed, &committed] {
        assert_eq!(span.status, Status::Unset);
        assert_eq!(span.attr("messaging.system"), "kafka");
        assert_eq!(span.attr("messaging.destination.name"), app.topic.as_str());
        assert_eq!(span.attr("messaging.destination.partition.id"), "1");
        assert_eq!(span.attr("messaging.kafka.offset"), 0);
        assert_eq!(span.attr("messaging.client.id"), "shop");
        assert_eq!(span.attr("server.address"), address);
        assert_eq!(span.attr("server.port"), port.parse::<i64>().unwrap());
    }
}

#[tokio::test]
async fn a_python_service_in_between_with_the_official_instrumentation_is_in_the_same_trace() {
    let (first, second) = (App::new().await, App::new().await);
    soon(first.producer().send(first.order(), LIMIT)).await.unwrap();
    let relay = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/kafka/relay.sh");
    let arguments = [&first.broker, &first.topic, &second.topic];
    let relay = Command::new(relay).args(arguments).stderr(Stdio::inherit()).output().await.unwrap();
    assert!(relay.status.success(), "{relay:?}");

    let consumer = second.consumer();
    let message = soon(consumer.recv()).await.unwrap();
    assert_eq!(message.payload().unwrap(), b"paid");
    let headers = message.headers().unwrap();
    let [traceparent] = &headers.iter().map(|header| header.value.unwrap()).collect::<Vec<_>>()[..] else {
        panic!("one header: {message:?}")
    };
    assert!(traceparent.ends_with(b"-03"), "the other side tells that its ids are random");
    consumer.start_process(&message).end();

    let relay = String::from_utf8(relay.stdout).unwrap();
    let spans: Vec<Vec<_>> = relay.lines().map(|line| line.split(' ').collect()).collect();
    let sent = first.span("send");
    let below = |parent: &str| {
        let is_below = |span: &&Vec<&str>| span[1] == sent.trace_id && span[3] == parent;
        spans.iter().find(is_below).unwrap_or_else(|| panic!("no span below {parent}: {relay}"))
    };
    let relayed = below(&sent.span_id);
    let produced = below(relayed[2]);
    assert_eq!(relayed[0], "relay");
    let processed = second.span("process");
    assert_eq!((processed.trace_id.as_str(), processed.parent_span_id.as_str()), (produced[1], produced[2]));
}

#[tokio::test]
async fn what_a_consumer_did_not_commit_is_processed_again_in_the_same_trace() {
    let app = App::new().await;
    let producer = app.producer();
    for _ in 0..2 {
        soon(producer.send(app.order(), LIMIT)).await.unwrap();
    }
    let crashing = app.consumer();
    for is_done in [true, false] {
        let message = soon(crashing.recv()).await.unwrap();
        crashing.start_process(&message).end();
        if is_done {
            crashing.commit_message(&message, CommitMode::Sync).unwrap();
        }
    }
    drop(crashing);
    let next = app.consumer();
    let message = soon(next.recv()).await.unwrap();
    assert_eq!(message.offset(), 1);
    next.start_process(&message).end();

    let sent = app.spans("send");
    let [first, second, again] = &app.spans("process")[..] else { panic!("{:?}", app.telemetry) };
    assert!(first.is_child_of(&sent[0]) && second.is_child_of(&sent[1]) && again.is_child_of(&sent[1]));
}

#[tokio::test]
async fn a_batch_links_to_each_message() {
    let app = App::new().await;
    let producer = app.producer();
    for _ in 0..3 {
        soon(caller(producer.send(app.order(), LIMIT))).await.unwrap();
    }
    let consumer = app.consumer();
    let mut messages = Vec::new();
    for _ in 0..3 {
        messages.push(soon(consumer.recv()).await.unwrap());
    }
    let all = async |batch: &[_]| Ok::<_, Infallible>(batch.len());
    assert_eq!(soon(consumer.process_batch(&messages, all)).await.unwrap(), 3);
    let (sent, span) = (app.spans("send"), app.span("process"));
    let linked: Vec<_> = span.links.iter().map(|link| &link.span_id).collect();
    assert_eq!(linked, sent.iter().map(|span| &span.span_id).collect::<Vec<_>>());
    assert_eq!(span.attr("messaging.batch.message_count"), 3);
}

#[tokio::test]
async fn a_tombstone_is_marked_on_both_sides() {
    let app = App::new().await;
    let tombstone: FutureRecord<'_, str, str> = FutureRecord::to(&app.topic).key("7");
    soon(app.producer().send(tombstone, LIMIT)).await.unwrap();
    let consumer = app.consumer();
    let message = soon(consumer.recv()).await.unwrap();
    assert!(message.payload().is_none());
    consumer.start_process(&message).end();
    for operation in ["send", "poll", "process"] {
        assert_eq!(app.span(operation).attr("messaging.kafka.message.tombstone"), true, "{operation}");
    }
}

#[tokio::test]
async fn of_two_transactions_the_committed_one_arrives() {
    let app = App::new().await;
    let producer = app.producer_of(app.config().set("transactional.id", &app.topic));
    producer.init_transactions(LIMIT).unwrap();
    for is_committed in [false, true] {
        producer.begin_transaction().unwrap();
        soon(producer.send(app.order(), LIMIT)).await.unwrap();
        match is_committed {
            true => producer.commit_transaction(LIMIT).unwrap(),
            false => producer.abort_transaction(LIMIT).unwrap(),
        }
    }
    let consumer = app.consumer();
    let message = soon(consumer.recv()).await.unwrap();
    consumer.start_process(&message).end();
    let [_, committed] = &app.spans("send")[..] else { panic!("{:?}", app.telemetry) };
    assert!(app.span("process").is_child_of(committed));
}

#[tokio::test]
async fn what_the_broker_refuses_is_an_error_with_kafkas_name() {
    let app = App::new().await;
    let producer = app.producer();
    let large = "x".repeat(200_000);
    let (error, _) = soon(producer.send(app.order().payload(&large), LIMIT)).await.unwrap_err();
    assert!(matches!(error, KafkaError::MessageProduction(_)));
    let span = app.span("send");
    assert_eq!(
        (&span.status, span.attr("error.type").as_str()),
        (&Status::error(""), Some("MESSAGE_TOO_LARGE"))
    );
    assert!(span.attr("messaging.kafka.offset").is_absent());
}

#[tokio::test]
async fn a_topic_that_is_not_there_is_an_error_on_both_sides() {
    let app = App::new().await;
    let mut config = app.config();
    let producer = app.producer_of(config.set("topic.metadata.propagation.max.ms", "100"));
    let nowhere: FutureRecord<'_, str, str> = FutureRecord::to("nowhere").payload("paid");
    soon(producer.send(nowhere, LIMIT)).await.unwrap_err();
    let consumer = app.consumer();
    consumer.subscribe(&["nowhere"]).unwrap();
    soon(consumer.recv()).await.unwrap_err();
    for span in app.telemetry.spans() {
        assert_eq!(span.attr("error.type"), "UNKNOWN_TOPIC_OR_PARTITION", "{span:?}");
    }
    assert_eq!(app.telemetry.spans().len(), 2, "{:?}", app.telemetry);
}

#[tokio::test]
async fn a_broker_that_stops_costs_what_runs_out_of_time_and_nothing_else() {
    let broker = broker();
    let app = App::at(&broker).await;
    let patient = app.producer_of(app.config().set("enable.idempotence", "true"));
    soon(patient.send(app.order(), LIMIT)).await.unwrap();
    let consumer = app.consumer();
    soon(consumer.recv()).await.unwrap();
    let mut config = app.config();
    let hasty = app.producer_of(config.set("message.timeout.ms", "1000"));
    soon(hasty.send(app.order(), LIMIT)).await.unwrap();
    soon(consumer.recv()).await.unwrap();
    app.telemetry.clear();

    broker.signal("-STOP");
    let waiting = patient.send_result(app.order()).map_err(|(error, _)| error).unwrap();
    soon(hasty.send(app.order(), LIMIT)).await.unwrap_err();
    let failed = app.span("send");
    assert_eq!(failed.attr("error.type"), "_MSG_TIMED_OUT");
    assert!(failed.duration() >= Duration::from_secs(1), "{failed:?}");
    app.telemetry.clear();
    broker.signal("-CONT");

    soon(waiting).await.unwrap().unwrap();
    let sent = app.span("send");
    assert!(!sent.is_error() && sent.duration() >= Duration::from_secs(1), "{sent:?}");
    loop {
        // What timed out may have arrived all the same; the consumer may tell of the outage first.
        let Ok(message) = soon(consumer.recv()).await else { continue };
        consumer.start_process(&message).end();
        if app.spans("process").iter().any(|span| span.is_child_of(&sent)) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_thousand_messages_none_is_lost_or_doubled() {
    const MESSAGES: u64 = 5_000;
    let app = App::new().await;
    let producer = app.producer();
    let payloads: Vec<_> = (0..MESSAGES).map(|number| number.to_string()).collect();
    stream::iter(&payloads)
        .map(|payload| producer.send(FutureRecord::<str, str>::to(&app.topic).payload(payload), LIMIT))
        .buffer_unordered(500)
        .for_each(|delivery| {
            delivery.unwrap();
            std::future::ready(())
        })
        .await;
    let consumer = app.consumer();
    let mut received = HashSet::new();
    for _ in 0..MESSAGES {
        let message = soon(consumer.recv()).await.unwrap();
        let payload = async |message: &_| Ok::<_, Infallible>(Message::payload(message).unwrap().to_vec());
        received.insert(consumer.process(&message, payload).await.unwrap());
    }
    assert_eq!(received.len(), payloads.len());

    let sent: HashSet<_> = ids(&app.spans("send")).map(|(id, _)| id).collect();
    let processed = app.spans("process");
    let parents: HashSet<_> = ids(&processed).map(|(_, parent)| parent).collect();
    assert_eq!((sent.len(), processed.len(), app.spans("poll").len()), (5_000, 5_000, 5_000));
    assert_eq!(sent, parents);
    for (metric, operation) in [
        ("messaging.client.operation.duration", "send"),
        ("messaging.client.operation.duration", "poll"),
        ("messaging.process.duration", "process"),
    ] {
        assert_eq!(app.count(metric, operation), MESSAGES, "{metric}");
    }
}

/// Ids of spans and of their parents.
fn ids(spans: &[ReceivedSpan]) -> impl Iterator<Item = (String, String)> {
    spans.iter().map(|span| (span.span_id.clone(), span.parent_span_id.clone()))
}
