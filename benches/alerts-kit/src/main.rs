//! Rounds of evaluation: `<rules> <series>` prints the microseconds of CPU time that one of them takes.

mod by_hand;
mod rules;
mod series;

use std::{env, fs, process::ExitCode, sync::Arc, time::Duration};

use otel_kit_alerts::Alerts;
use otel_kit_core::Kit;

use crate::{by_hand::ByHand, series::Recorded};

fn main() -> ExitCode {
    let mut numbers = env::args().skip(1).map(|number| number.parse::<usize>().unwrap_or_default());
    let (Some(rules), Some(series)) = (numbers.next(), numbers.next()) else {
        eprintln!("usage: <rules> <series>");
        return ExitCode::FAILURE;
    };
    match round(rules, series) {
        Some(micros) => {
            println!("{micros}");
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}

fn round(rules: usize, series: usize) -> Option<u128> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().ok()?;
    let source = Arc::new(Recorded::new(series, WARM_UP + ROUNDS, INTERVAL));
    let kit = Kit::builder().snapshots(source.clone()).build();
    let by_hand = Arc::new(ByHand::new(series::start()));
    let alerts = Alerts::builder().rules(rules::rules(rules, series)).interval(INTERVAL).build().ok()?;
    let rounds = runtime.block_on(async {
        alerts.run(by_hand.clone(), kit).ok()?;
        for _ in 0..WARM_UP {
            by_hand.pass(INTERVAL).await;
        }
        // One alone is too short for the clock.
        let before = on_processor()?;
        for _ in 0..ROUNDS {
            by_hand.pass(INTERVAL).await;
        }
        on_processor()?.checked_sub(before)
    })?;
    // As many as were asked for, and what they look at.
    if source.taken() < WARM_UP + ROUNDS {
        eprintln!("only {} rounds", source.taken());
        return None;
    }
    Some(rounds.as_micros() / ROUNDS as u128)
}

/// Time of this thread on a processor.
fn on_processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

const INTERVAL: Duration = Duration::from_secs(15);
const WARM_UP: usize = 30;
const ROUNDS: usize = 100;
