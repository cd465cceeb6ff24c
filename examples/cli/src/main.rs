//! Counts the lines of files, each in a process of its own: `cli FILE...`.
//!
//! A shell or a scheduler hands it a trace to continue:
//!
//! ```sh
//! export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318
//! export TRACEPARENT=00-$(openssl rand -hex 16)-$(openssl rand -hex 8)-01
//! cli README.md LICENSE-MIT
//! ```

use std::{
    env,
    error::Error,
    fs, io,
    process::{Command, ExitCode},
};

use otel_kit::{environment, opentelemetry::Context};

/// Returns instead of calling `std::process::exit`, which would drop nothing: the guard flushes.
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let _telemetry = otel_kit::builder().log_output(io::stderr()).init()?; // standard output is for the result
    let _parent = environment::context().attach();

    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [flag, file] if flag == COUNT => count(file).map(|lines| println!("{lines} {file}")),
        files => report(files),
    };
    Ok(match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    })
}

#[tracing::instrument(skip_all, fields(files = files.len()), err)]
fn report(files: &[String]) -> Result<(), Box<dyn Error>> {
    for file in files {
        let mut command = Command::new(env::current_exe()?);
        command.args([COUNT, file]);
        environment::inject(&Context::current(), &mut command);
        if !command.status()?.success() {
            return Err(format!("cannot count {file}").into());
        }
    }
    Ok(())
}

#[tracing::instrument(err)]
fn count(file: &str) -> Result<usize, Box<dyn Error>> {
    Ok(fs::read_to_string(file)?.lines().count())
}

const COUNT: &str = "--count";
