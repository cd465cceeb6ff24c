//! Operations that are measured in instructions and allocations.

use std::{collections::BTreeSet, fmt};

use crate::{
    bench::{Bench, Cost},
    report::{Line, Report, grouped},
};

/// A product, or what it is compared with: a package with one binary.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    label: &'static str,
    package: &'static str,
}

/// What a subject does, and what that may cost.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    name: &'static str,
    subject: Subject,
    case: &'static str,
    base: Option<&'static str>,
    target: Option<Target>,
    runs: usize,
}

#[derive(Clone, Copy)]
struct Target {
    instructions: u64,
    allocations: Option<u64>,
}

impl Subject {
    /// By this name in the table.
    pub(crate) const fn new(label: &'static str, package: &'static str) -> Self {
        Self { label, package }
    }

    /// The operation that the subject's binary knows as this case.
    pub(crate) const fn does(self, name: &'static str, case: &'static str) -> Operation {
        Operation { name, subject: self, case, base: None, target: None, runs: 1 }
    }
}

impl Operation {
    /// Only what it costs more than another case of the same binary.
    pub(crate) const fn over(mut self, base: &'static str) -> Self {
        self.base = Some(base);
        self
    }

    /// Ours: what it may cost.
    pub(crate) const fn at_most(mut self, instructions: u64, allocations: Option<u64>) -> Self {
        self.target = Some(Target { instructions, allocations });
        self
    }

    /// The median of five measurements: for what several threads do together, which is not the same each time.
    pub(crate) const fn median(mut self) -> Self {
        self.runs = 5;
        self
    }

    fn cost(&self, bench: &mut Bench) -> Result<Cost, String> {
        let whole = bench.cost(self.subject.package, self.case, self.runs)?;
        let Some(base) = self.base else { return Ok(whole) };
        let base = bench.cost(self.subject.package, base, self.runs)?;
        Ok(Cost {
            instructions: whole.instructions - base.instructions,
            allocations: whole.allocations - base.allocations,
        })
    }

    fn line(&self, cost: Cost) -> Line {
        let sign = if self.base.is_some() { "+" } else { "" };
        let bold = if self.target.is_some() { "**" } else { "" };
        let number = |number: i64| format!("{bold}{sign}{}{bold}", grouped(number));
        let over_target = self.target.is_some_and(|target| target.is_missed_by(cost));
        let target = self.target.map(|target| target.to_string()).unwrap_or_default();
        Line {
            cells: vec![
                self.name.to_owned(),
                format!("{bold}{}{bold}", self.subject.label),
                number(cost.instructions),
                number(cost.allocations),
                if over_target { format!("{target} (over)") } else { target },
            ],
            over_target,
        }
    }
}

impl Target {
    fn is_missed_by(self, cost: Cost) -> bool {
        let exceeds =
            |measured: i64, limit: u64| u64::try_from(measured).is_ok_and(|measured| measured > limit);
        exceeds(cost.instructions, self.instructions)
            || self.allocations.is_some_and(|limit| exceeds(cost.allocations, limit))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<= {}", grouped(self.instructions.cast_signed()))?;
        self.allocations.map_or(Ok(()), |allocations| write!(f, " / <= {allocations}"))
    }
}

/// Measures all operations. Their subjects are built first.
pub(crate) fn measure(operations: &[Operation]) -> Result<Report, String> {
    let packages: BTreeSet<_> = operations.iter().map(|operation| operation.subject.package).collect();
    let mut bench = Bench::new(packages)?;
    let mut report = Report::new(&["operation", "of", "instructions", "allocations", "target"]);
    for operation in operations {
        let cost = operation.cost(&mut bench)?;
        report.add(operation.line(cost));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Operation = Subject::new("ours", "package").does("work", "case").at_most(1_000, Some(2));

    #[test]
    fn what_costs_as_much_as_it_may_is_on_target() {
        let line = OURS.line(Cost { instructions: 1_000, allocations: 2 });
        assert_eq!(line.cells, ["work", "**ours**", "**1,000**", "**2**", "<= 1,000 / <= 2"]);
        assert!(!line.over_target);
    }

    #[test]
    fn too_many_instructions_or_allocations_are_over_target() {
        for (instructions, allocations) in [(1_001, 2), (1_000, 3)] {
            let line = OURS.over("base").line(Cost { instructions, allocations });
            assert!(
                line.over_target && line.cells[4].ends_with("(over)") && line.cells[2].starts_with("**+")
            );
        }
    }
}
