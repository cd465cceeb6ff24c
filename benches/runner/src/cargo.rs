//! Building the subjects.

use std::{env, path::PathBuf, process::Command};

/// Builds the binary of a package into the target folder that the runner itself lies in.
pub(crate) fn build(package: &str) -> Result<PathBuf, String> {
    let runner = env::current_exe().map_err(|error| format!("cannot find the target folder: {error}"))?;
    let target = runner.ancestors().nth(2).ok_or("the runner lies in no target folder")?;
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--package", package])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")])
        .arg("--target-dir")
        .arg(target)
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        Ok(target.join("release").join(package).with_extension(env::consts::EXE_EXTENSION))
    } else {
        Err(format!("{package} does not build"))
    }
}
