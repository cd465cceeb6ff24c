use lexopt::prelude::*;

use crate::Result;

pub const USAGE: &str = "\
Usage: demo [--requests N] [--serve] [--postgres URL] [--kafka HOST:PORT] [--otlp URL] [--protocol P]

  --requests N       requests to send (200)
  --serve            keep the services running afterwards, for curl
  --postgres URL     keep the data there instead of in SQLite files
  --kafka HOST:PORT  send the messages there instead of to a broker that is played here
  --otlp URL         send the telemetry to a collector instead of looking at it here
  --protocol P       grpc, http/protobuf (default) or http/json";

/// What this process is to do.
pub enum Mode {
    Demo(Args),
    Help,
    /// One of the services, started by the demo.
    Service(String),
}

pub struct Args {
    pub kafka: Option<String>,
    pub otlp: Option<String>,
    pub postgres: Option<String>,
    pub protocol: String,
    pub requests: usize,
    pub serve: bool,
}

impl Default for Args {
    fn default() -> Self {
        let protocol = "http/protobuf".to_owned();
        Self { kafka: None, otlp: None, postgres: None, protocol, requests: 200, serve: false }
    }
}

pub fn parse() -> Result<Mode> {
    let mut args = Args::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("kafka") => args.kafka = Some(parser.value()?.parse()?),
            Long("otlp") => args.otlp = Some(parser.value()?.parse()?),
            Long("postgres") => args.postgres = Some(parser.value()?.parse()?),
            Long("protocol") => args.protocol = parser.value()?.parse()?,
            Long("requests") => args.requests = parser.value()?.parse()?,
            Long("serve") => args.serve = true,
            Long("service") => return Ok(Mode::Service(parser.value()?.parse()?)),
            Long("help") | Short('h') => return Ok(Mode::Help),
            _ => return Err(format!("{}\n\n{USAGE}", arg.unexpected()).into()),
        }
    }
    Ok(Mode::Demo(args))
}
