//! A receiver of OTLP that counts. It says where it is, and answers each line on standard input with a line: an empty one
//! with the spans and the log records up to then, and the name of a histogram with the measurements, the data points and
//! those with exemplars in its last export.

use std::io::{self, BufRead};

use otel_kit_testing::{OtlpReceiver, Signal, received::Received};

fn main() -> io::Result<()> {
    let receiver = OtlpReceiver::builder().keep(KEPT).start()?;
    println!("{} {}", receiver.http_endpoint(), receiver.grpc_endpoint());
    for line in io::stdin().lock().lines() {
        let received = receiver.received();
        match line?.as_str() {
            "" => println!("{} {}", received.total(Signal::Traces), received.total(Signal::Logs)),
            histogram => println!("{}", measured(&received, histogram)),
        }
    }
    Ok(())
}

fn measured(received: &Received, histogram: &str) -> String {
    let points = received.metric(histogram).map(|metric| metric.points.as_slice()).unwrap_or_default();
    let measurements: u64 = points.iter().map(|point| point.count).sum();
    let with_exemplars = points.iter().filter(|point| !point.exemplars.is_empty()).count();
    format!("{measurements} {} {with_exemplars}", points.len())
}

/// Of each sort: more than one export has metrics.
const KEPT: usize = 200;
