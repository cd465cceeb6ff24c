//! Runs the example services as processes of their own, sends requests through them and proves that every
//! trace is whole: `cargo run -p demo`.
//!
//! The library half is for tests that look at the same traces elsewhere: [`complete`] over what a collector
//! wrote.

mod args;
mod broker;
mod fleet;
mod kind;
mod logs;
mod plan;
mod process;
mod service;
mod stores;
mod traffic;
mod verdict;
mod watched;

use std::{error::Error, process::ExitCode, time::Duration};

use otel_kit_testing::OtlpReceiver;

use crate::{
    args::{Args, Mode},
    fleet::Fleet,
    traffic::Traffic,
    watched::Watched,
};
pub use crate::{
    kind::{Kind, Sent},
    plan::complete,
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How long the last telemetry may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

/// The whole program; exit status 0 only if every trace is whole and every request's log line has its id.
pub async fn run() -> ExitCode {
    let outcome = match args::parse() {
        Ok(Mode::Service(name)) => service::run(&name).await.map(|()| true),
        Ok(Mode::Demo(args)) => tokio::select! {
            outcome = demo(&args) => outcome,
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()), // dropping the fleet stops it
        },
        Ok(Mode::Help) => {
            println!("{}", args::USAGE);
            Ok(true)
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo(args: &Args) -> Result<bool> {
    let receiver = OtlpReceiver::builder().keep(100_000).start()?;
    let endpoint = args.otlp.clone().unwrap_or_else(|| receiver_endpoint(&receiver, &args.protocol));
    println!("telemetry goes to {endpoint}");

    let fleet = Fleet::start(&endpoint, args).await?;
    println!("the gateway listens on {}", fleet.gateway());

    let traffic = Traffic::new(&endpoint, &args.protocol)?;
    let sent = traffic.send(&fleet.gateway(), args.requests).await?;
    traffic.stop().await;

    if args.serve {
        println!("try: curl {}/orders/1 (Ctrl-C stops everything)", fleet.gateway());
        std::future::pending::<()>().await;
    }
    let watched = |received: &_| Watched::of(received).is_complete();
    if args.otlp.is_none() && sent.iter().any(|sent| sent.kind == Kind::Failing) {
        println!("the alert is over some seconds after the last failure");
        // What is missing after the time limit is named by the verdict.
        let _ = receiver.wait_for(ARRIVAL, watched);
    }
    let logs = fleet.stop().await?;
    if args.otlp.is_some() {
        return Ok(verdict::of_a_collector(&endpoint, &sent, &logs));
    }
    let arrived = |received: &_| plan::complete(received, &sent).len() == sent.len();
    // What is missing after the time limit is named by the verdict.
    let _ = receiver.wait_for(ARRIVAL, arrived);
    Ok(verdict::of_the_receiver(&receiver.received(), &sent, &logs))
}

fn receiver_endpoint(receiver: &OtlpReceiver, protocol: &str) -> String {
    if protocol == "grpc" { receiver.grpc_endpoint() } else { receiver.http_endpoint() }
}
