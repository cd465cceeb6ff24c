//! A receiver of OTLP that counts. It says where it is, and answers each line on standard input with a line:
//! the spans and the log records up to then.

use std::io::{self, BufRead};

use otel_kit_testing::{OtlpReceiver, Signal};

fn main() -> io::Result<()> {
    let receiver = OtlpReceiver::builder().keep(1).start()?;
    println!("{} {}", receiver.http_endpoint(), receiver.grpc_endpoint());
    for line in io::stdin().lock().lines() {
        line?;
        let received = receiver.received();
        println!("{} {}", received.total(Signal::Traces), received.total(Signal::Logs));
    }
    Ok(())
}
