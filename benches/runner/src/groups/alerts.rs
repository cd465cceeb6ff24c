use std::process::Command;

use super::Group;
use crate::{
    cargo,
    report::{Line, Report},
};

pub(super) const GROUP: Group = Group { name: "alerts", measure };

/// What an evaluation of all rules takes. Processors differ, and so do these numbers.
fn measure() -> Result<Report, String> {
    let binary = cargo::build("alerts-kit")?;
    let mut report = Report::new(&["one evaluation", "CPU, ms", "target"]);
    for (rules, series, target) in ROWS {
        let output = Command::new(&binary).args([rules.to_string(), series.to_string()]).output();
        let output = output.map_err(|error| format!("cannot run alerts-kit: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let micros: f64 = text
            .trim()
            .parse()
            .map_err(|_| format!("alerts-kit failed: {}", String::from_utf8_lossy(&output.stderr)))?;
        let over_target = target.is_some_and(|target| micros > 1_000.0 * target);
        let mark = if over_target { " (over)" } else { "" };
        let target = target.map(|target| format!("<= {target}{mark}")).unwrap_or_default();
        let name = format!("all of {rules} rules over {series} series, ten instances each");
        report.add(Line { cells: vec![name, format!("{:.2}", micros / 1_000.0), target], over_target });
    }
    Ok(report)
}

const ROWS: [(u32, u32, Option<f64>); 3] = [(10, 100, None), (100, 1_000, None), (1_000, 1_000, Some(100.0))];
