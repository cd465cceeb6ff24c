//! Counting instructions with callgrind.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// What a run counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) instructions: u64,
    pub(crate) allocations: u64,
}

/// An error that helps if valgrind is not there.
pub(crate) fn check() -> Result<(), String> {
    match Command::new("valgrind").arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err("valgrind is missing, which counts the instructions: install it \
                  (Debian and Ubuntu: apt-get install valgrind)"
            .to_owned()),
    }
}

/// Runs a case, and leaves the profile beside the binary for `callgrind_annotate`.
pub(crate) fn count(binary: &Path, case: &str, iterations: u64) -> Result<Counted, String> {
    let profile = binary.with_extension(format!("{case}.{iterations}.callgrind"));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*measured_loop*"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(binary)
        .arg(case)
        .arg(iterations.to_string())
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    let counted = output.status.success().then(|| {
        let allocations = String::from_utf8_lossy(&output.stdout).trim().parse().ok()?;
        let instructions = instructions(&fs::read_to_string(&profile).ok()?)?;
        Some(Counted { instructions, allocations })
    });
    counted.flatten().ok_or_else(|| failure(binary, case, &output))
}

/// The sum over the profile; nothing if there is none, or if the loop was not found.
fn instructions(profile: &str) -> Option<u64> {
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: "))?;
    total.trim().parse().ok().filter(|total| *total > 0)
}

fn failure(binary: &Path, case: &str, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    format!("no numbers of {} {case} ({}):\n{said}", binary.display(), output.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_the_totals_of_a_profile() {
        let profile = "version: 1\nevents: Ir\nfn=(1) a\n3 900\n\ntotals: 1234\n";
        assert_eq!(instructions(profile), Some(1234));
    }

    #[test]
    fn a_profile_without_totals_or_of_nothing_is_a_failure() {
        assert_eq!(instructions("version: 1\nevents: Ir\n"), None);
        assert_eq!(instructions("totals: 0\n"), None);
    }
}
