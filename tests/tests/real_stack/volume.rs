//! A service with much to do, at a real broker and a real database: each of its spans arrives, and arrives once, and
//! what it keeps in memory does not grow.
//!
//! `OTEL_KIT_VOLUME` says how many messages and queries there are, 5,000 of each if it is not set.

use std::{
    collections::{HashMap, HashSet},
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use otel_kit_testing::{
    OtlpReceiver,
    received::{Received, ReceivedMetric, ReceivedSpan},
};

use crate::{kafka, postgres};

#[test]
fn of_many_messages_no_span_is_lost_or_doubled_and_the_memory_stays() {
    let (count, arrived) = serve("kafka", &kafka::server().address);
    let sent: HashSet<_> = arrived.spans["send"].iter().map(|span| span.place).collect();
    for operation in ["poll", "process"] {
        let origins = arrived.spans[operation].iter().filter_map(|span| span.origin);
        assert!(origins.collect::<HashSet<_>>() == sent, "each {operation} is of a send of its own");
    }
    assert_eq!(arrived.spans.len(), 3, "{:?}", arrived.spans.keys());
    assert_eq!(sent.len(), count);
    for (metric, operation) in [
        ("messaging.client.operation.duration", "send"),
        ("messaging.client.operation.duration", "poll"),
        ("messaging.process.duration", "process"),
    ] {
        let points = arrived.metrics[metric].points.iter();
        let points = points.filter(|point| *point.attr("messaging.operation.name") == *operation);
        assert_eq!(points.map(|point| point.count).sum::<u64>(), u64::try_from(count).unwrap(), "{metric}");
    }
}

#[test]
fn of_many_queries_no_span_is_lost_or_doubled_and_the_memory_stays() {
    let (count, arrived) = serve("postgres", &postgres::server().address);
    assert_eq!(arrived.spans.len(), 1, "{:?}", arrived.spans.keys());
    for metric in ["db.client.operation.duration", "db.client.response.returned_rows"] {
        let points = arrived.metrics[metric].points.iter();
        assert_eq!(points.map(|point| point.count).sum::<u64>(), u64::try_from(count).unwrap(), "{metric}");
    }
}

/// Has a service do all there is to do, in ten parts.
fn serve(work: &str, address: &str) -> (usize, Arrived) {
    let count = env::var("OTEL_KIT_VOLUME").map_or(5_000, |count| count.parse().unwrap());
    let receiver = OtlpReceiver::builder().keep(count).start().unwrap();
    let mut service = Service::start(&[work, address, "patient"], &receiver.http_endpoint());
    let mut arrived = Arrived::default();
    let memory = [(); 10].map(|()| {
        service.work(count / 10);
        arrived.add(&receiver.received());
        receiver.clear();
        service.memory()
    });
    let (exported, lost) = service.end();
    arrived.add(&receiver.received());

    let places: HashSet<_> = arrived.spans.values().flatten().map(|span| span.place).collect();
    for (operation, spans) in &arrived.spans {
        assert_eq!(spans.len(), count, "{operation}");
    }
    assert_eq!((places.len(), exported, lost), (count * arrived.spans.len(), places.len(), 0));
    assert!(memory[9] < memory[0] + MEMORY, "kB after each tenth: {memory:?}");
    (count, arrived)
}

/// What came in, in few bytes for each span.
#[derive(Default)]
struct Arrived {
    /// By the first word of their names.
    spans: HashMap<String, Vec<Span>>,
    /// The last export of each.
    metrics: HashMap<String, ReceivedMetric>,
}

struct Span {
    place: Place,
    /// The parent, or else what it is linked to.
    origin: Option<Place>,
}

/// Ids of a trace and of a span in it.
type Place = (u128, u64);

impl Arrived {
    fn add(&mut self, received: &Received) {
        for span in received.spans() {
            assert!(!span.is_error(), "{span:?}");
            let operation = span.name.split(' ').next().unwrap().to_owned();
            self.spans.entry(operation).or_default().push(Span::of(span));
        }
        let metrics = received.metrics().iter();
        self.metrics.extend(metrics.map(|metric| (metric.name.clone(), metric.clone())));
    }
}

impl Span {
    fn of(span: &ReceivedSpan) -> Self {
        let linked = span.links.first().map(|link| place(&link.trace_id, &link.span_id));
        let parent = (!span.is_root()).then(|| place(&span.trace_id, &span.parent_span_id));
        Self { place: place(&span.trace_id, &span.span_id), origin: parent.or(linked) }
    }
}

fn place(trace: &str, span: &str) -> Place {
    (u128::from_str_radix(trace, 16).unwrap(), u64::from_str_radix(span, 16).unwrap())
}

/// A process of its own, for its memory to be its own.
struct Service {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Service {
    fn start(arguments: &[&str], endpoint: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_volume-process"))
            .args(arguments)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, orders, answers }
    }

    fn work(&mut self, count: usize) {
        writeln!(self.orders, "{count}").unwrap();
        answer(&mut self.answers, "done ");
    }

    /// Kilobytes that are resident.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
    }

    /// By its own account: spans that arrived, and items of all signals that were lost.
    fn end(self) -> (usize, u64) {
        let Self { mut process, orders, mut answers } = self;
        drop(orders);
        let ended = answer(&mut answers, "ended ");
        assert!(process.wait().unwrap().success());
        let (exported, lost) = ended.split_once(' ').unwrap();
        (exported.parse().unwrap(), lost.parse().unwrap())
    }
}

/// What comes after the word; lines of its log are skipped.
fn answer(answers: impl BufRead, word: &str) -> String {
    let mut lines = answers.lines().map(Result::unwrap);
    lines.find_map(|line| Some(line.strip_prefix(word)?.to_owned())).expect("the service says why not")
}

/// Kilobytes that the memory may grow by after the first tenth.
const MEMORY: u64 = 6_000;
