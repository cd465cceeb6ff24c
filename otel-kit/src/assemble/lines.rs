use std::time::{Duration, Instant};

use otel_kit_logging::{Format, LogFile, LogLosses, LogWriter, Rotation};

use crate::{
    InitError,
    config::{self, Config, LineFormat, LogRotation},
};

use super::output::Output;

/// Everything that lines are written to.
#[derive(Clone)]
pub(crate) struct Lines(pub(super) Vec<(Format, LogWriter)>);

impl Lines {
    pub(super) fn start(config: &Config, output: &Output) -> Result<Self, InitError> {
        let logs = &config.logs;
        let builder = || LogWriter::builder().blocking(logs.blocking);
        let mut writers = Vec::new();
        if logs.stdout {
            let writer = match output.other() {
                Some(output) => builder().output(output),
                None => builder(),
            };
            writers.push((format(logs.format), writer.build().map_err(InitError::LogWriter)?));
        }
        if let Some(file) = &logs.file {
            let writer = builder().output(open(file)?).build().map_err(InitError::LogWriter)?;
            let format = if logs.format == LineFormat::Ecs { Format::Ecs } else { Format::Json };
            writers.push((format, writer));
        }
        Ok(Self(writers))
    }

    /// Waits at most `timeout` until all lines so far are written; tells whether that came about.
    pub(crate) fn flush(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        // Each of them is asked, whatever became of the others.
        let late = self.0.iter().filter(|(_, writer)| !writer.flush(timeout.saturating_sub(start.elapsed())));
        late.count() == 0
    }

    /// Lost so far, of all together.
    pub(crate) fn losses(&self) -> LogLosses {
        let mut all = LogLosses::default();
        for losses in self.0.iter().map(|(_, writer)| writer.losses()) {
            all.queue_full += losses.queue_full;
            all.write_failed += losses.write_failed;
            all.shut_down += losses.shut_down;
            all.cut += losses.cut;
        }
        all
    }
}

const fn format(format: LineFormat) -> Format {
    match format {
        LineFormat::Json => Format::Json,
        LineFormat::Pretty => Format::Pretty,
        LineFormat::Ecs => Format::Ecs,
    }
}

fn open(file: &config::LogFile) -> Result<LogFile, InitError> {
    let opened = LogFile::new(&file.path).rotate(match file.rotate {
        LogRotation::Daily => Rotation::Daily,
        LogRotation::Hourly => Rotation::Hourly,
        LogRotation::Never => Rotation::Never,
    });
    let opened = match file.max_files {
        Some(files) => opened.max_files(usize::try_from(files).unwrap_or(usize::MAX)),
        None => opened,
    };
    let opened = match file.max_bytes {
        Some(bytes) => opened.max_bytes(bytes.into()),
        None => opened,
    };
    opened.open().map_err(|error| InitError::LogFile { path: file.path.clone(), error })
}
