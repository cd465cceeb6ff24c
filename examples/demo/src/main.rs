//! `cargo run -p demo`; `--help` tells more.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    demo::run().await
}
