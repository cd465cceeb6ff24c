//! Building the subjects.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::process::cpu_of_children;

/// Builds the binary of a package into the target folder that the runner itself lies in.
pub(crate) fn build(package: &str) -> Result<PathBuf, String> {
    build_into(&target()?, package, &[])
}

/// What was built from nothing, and the time on processors that it took.
pub(crate) struct Clean {
    pub(crate) binary: PathBuf,
    pub(crate) time: Duration,
}

/// Builds a package and all it depends on anew, as it would be delivered: without debug information and symbols.
pub(crate) fn build_clean(package: &str) -> Result<Clean, String> {
    let target = clean(package)?;
    remove_clean(package);
    let before = cpu_of_children()?;
    let binary = build_into(
        &target,
        package,
        &["--config=profile.release.debug=0", "--config=profile.release.strip=true"],
    )?;
    Ok(Clean { binary, time: cpu_of_children()?.saturating_sub(before) })
}

/// Gives back the disk that [`build_clean`] took.
pub(crate) fn remove_clean(package: &str) {
    let _ = clean(package).map(fs::remove_dir_all);
}

/// Downloads what is not there yet.
pub(crate) fn fetch() -> Result<(), String> {
    run(cargo("fetch"), "the dependencies cannot be fetched")
}

fn build_into(target: &Path, package: &str, options: &[&str]) -> Result<PathBuf, String> {
    let mut build = cargo("build");
    build.args(["--release", "--package", package]).args(options).arg("--target-dir").arg(target);
    run(build, &format!("{package} does not build"))?;
    Ok(target.join("release").join(package).with_extension(env::consts::EXE_EXTENSION))
}

fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        command,
        "--locked",
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"),
    ]);
    cargo
}

fn run(mut command: Command, failure: &str) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(failure.to_owned()) }
}

fn clean(package: &str) -> Result<PathBuf, String> {
    Ok(target()?.join("size").join(package))
}

fn target() -> Result<PathBuf, String> {
    let runner = env::current_exe().map_err(|error| format!("cannot find the target folder: {error}"))?;
    Ok(runner.ancestors().nth(2).ok_or("the runner lies in no target folder")?.to_owned())
}
