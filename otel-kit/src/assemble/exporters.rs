//! The transports that the configuration asks for.

use std::{sync::Arc, time::Duration};

use otel_kit_core::{Signal, Transport};
use otel_kit_sdk::{PipelineBuilder, transport::Console};

use crate::{
    InitError,
    config::{Config, Exporter},
};

use super::{otlp, output::Output};

/// The way out of one signal.
pub(super) struct Way {
    signal: Signal,
    transport: Arc<dyn Transport>,
    timeout: Option<Duration>,
}

impl Way {
    /// In words, without credentials.
    pub(super) fn describe(&self) -> String {
        format!("{} to {}", self.signal.name(), self.transport.destination(self.signal))
    }

    pub(super) fn add(pipeline: PipelineBuilder, way: Self) -> PipelineBuilder {
        pipeline.transport(way.signal, way.transport, way.timeout)
    }
}

/// The ways of all signals that leave the process; `given` ones come before configured ones.
pub(super) fn ways(
    config: &Config,
    given: &[(Signal, Arc<dyn Transport>)],
    output: &Output,
) -> Result<Vec<Way>, InitError> {
    if config.disabled {
        return Ok(Vec::new());
    }
    let console: Arc<dyn Transport> = Arc::new(console(output));
    let mut receivers = otlp::Receivers::default();
    let mut ways = Vec::new();
    for signal in Signal::ALL {
        let way = |transport, timeout| Way { signal, transport, timeout };
        if let Some((_, transport)) = given.iter().rfind(|(of, _)| *of == signal) {
            ways.push(way(Arc::clone(transport), Some(GIVEN)));
            continue;
        }
        match config.export.of(signal) {
            Exporter::Otlp(otlp) => receivers.add(signal, otlp),
            // Log lines are on standard output anyway.
            Exporter::Console if signal != Signal::Logs => ways.push(way(Arc::clone(&console), None)),
            _ => {}
        }
    }
    let otlp = receivers.connect()?;
    ways.extend(otlp.into_iter().map(|(signal, transport, timeout)| Way { signal, transport, timeout }));
    ways.sort_by_key(|way| Signal::ALL.iter().position(|signal| *signal == way.signal));
    Ok(ways)
}

fn console(output: &Output) -> Console {
    let console = match output.other() {
        Some(other) => Console::writer(other),
        None => Console::stdout(),
    };
    console.coloured(output.is_coloured).metrics(true)
}

/// Time limit of one try through a transport that code gave: that of the specification.
const GIVEN: Duration = Duration::from_secs(10);
