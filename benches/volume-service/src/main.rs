//! A service that sends and receives messages (`kafka BROKER`), or asks a database (`postgres URL`), as often as each
//! line on its standard input says, and answers with a line when its telemetry is away too: `done` and the nanoseconds
//! without that. The last line, at the end of the input, is `ended` with the spans that arrived and the items lost.
//! With `bare` behind it, it does all that without the kit; with `patient`, it goes on only while there is room for
//! the spans to come.

mod kafka;
mod postgres;
mod room;

use std::{
    env,
    error::Error,
    io::{self, BufRead, Write},
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

use otel_kit::{Guard, transport::Signal};
use tokio::time::timeout;

use crate::room::Room;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (work, mode) = arguments.split_at_checked(2).ok_or(USAGE)?;
    let telemetry = if mode == ["bare"] { None } else { Some(Arc::new(otel_kit::init!()?)) };
    let room = Room::of(telemetry.clone().filter(|_| mode == ["patient"]));
    match (work, &telemetry) {
        (["kafka", broker], Some(_)) => serve(kafka::with_kit(broker, room).await?, telemetry).await,
        (["kafka", broker], None) => serve(kafka::bare(broker, room).await?, telemetry).await,
        (["postgres", url], Some(_)) => serve(postgres::with_kit(url, room).await?, telemetry).await,
        (["postgres", url], None) => serve(postgres::bare(url, room).await?, telemetry).await,
        _ => Err(USAGE.into()),
    }
}

/// What there is to do, once for each of the numbers.
trait Work {
    async fn run(&self, numbers: Range<u32>) -> Result<(), Failure>;
}

async fn serve(work: impl Work, telemetry: Option<Arc<Guard>>) -> Result<(), Failure> {
    let mut next = 0;
    for line in io::stdin().lock().lines() {
        let numbers = next..next + line?.trim().parse::<u32>()?;
        next = numbers.end;
        let start = Instant::now();
        timeout(PATIENCE, work.run(numbers)).await.map_err(|_| "it takes too long")??;
        let time = start.elapsed();
        if let Some(telemetry) = &telemetry {
            let _ = telemetry.flush_async(PATIENCE).await;
        }
        writeln!(io::stdout(), "done {}", time.as_nanos())?;
    }
    let Some(telemetry) = telemetry else { return Ok(()) };
    let report = telemetry.shutdown_async(PATIENCE).await;
    let lost: u64 = Signal::ALL.into_iter().map(|signal| report.stats().lost(signal)).sum();
    let lost = lost + telemetry.lost_lines().total();
    writeln!(io::stdout(), "ended {} {lost}", report.stats().exported(Signal::Traces))?;
    Ok(())
}

const USAGE: &str = "usage: volume-service kafka BROKER|postgres URL [bare|patient]";

/// For a line's work, and for what it leaves to export.
const PATIENCE: Duration = Duration::from_secs(300);
