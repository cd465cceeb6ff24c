//! Measured costs, each case once.

use std::{collections::HashMap, path::PathBuf};

use crate::{
    cargo,
    valgrind::{self, Counted},
};

/// What one operation costs, or costs more than another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) instructions: i64,
    pub(crate) allocations: i64,
}

pub(crate) struct Bench {
    binaries: HashMap<&'static str, PathBuf>,
    known: HashMap<(&'static str, &'static str, usize), Cost>,
}

impl Bench {
    /// Builds the packages, one by one: built together, their features would be unified.
    pub(crate) fn new(packages: impl IntoIterator<Item = &'static str>) -> Result<Self, String> {
        valgrind::check()?;
        let build = |package| Ok((package, cargo::build(package)?));
        let binaries = packages.into_iter().map(build).collect::<Result<_, String>>()?;
        Ok(Self { binaries, known: HashMap::new() })
    }

    /// The median of so many measurements.
    pub(crate) fn cost(
        &mut self,
        package: &'static str,
        case: &'static str,
        runs: usize,
    ) -> Result<Cost, String> {
        if let Some(cost) = self.known.get(&(package, case, runs)) {
            return Ok(*cost);
        }
        let binary = self.binaries.get(package).ok_or_else(|| format!("{package} was not built"))?;
        let measure =
            |_| Ok(between(valgrind::count(binary, case, FEW)?, valgrind::count(binary, case, MANY)?));
        let cost = median(&(0..runs).map(measure).collect::<Result<Vec<_>, String>>()?);
        self.known.insert((package, case, runs), cost);
        Ok(cost)
    }
}

/// The difference of two runs has no share of what happens once.
fn between(few: Counted, many: Counted) -> Cost {
    let each = |few: u64, many: u64| {
        let difference = many.cast_signed() - few.cast_signed();
        (difference + SPAN / 2).div_euclid(SPAN)
    };
    Cost {
        instructions: each(few.instructions, many.instructions),
        allocations: each(few.allocations, many.allocations),
    }
}

/// The middle of each number, by itself.
fn median(costs: &[Cost]) -> Cost {
    let middle = |number: fn(&Cost) -> i64| {
        let mut numbers: Vec<_> = costs.iter().map(number).collect();
        numbers.sort_unstable();
        numbers.get(numbers.len() / 2).copied().unwrap_or_default()
    };
    Cost { instructions: middle(|cost| cost.instructions), allocations: middle(|cost| cost.allocations) }
}

/// Iterations of the two runs of each case.
const FEW: u64 = 100;
const MANY: u64 = 1_100;
const SPAN: i64 = (MANY - FEW).cast_signed();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_the_rounded_slope_between_two_runs() {
        let few = Counted { instructions: 5_000, allocations: 100 };
        let many = Counted { instructions: 5_000 + 41_700, allocations: 2_100 };
        assert_eq!(between(few, many), Cost { instructions: 42, allocations: 2 });
    }

    #[test]
    fn the_median_is_the_middle_of_each_number() {
        let costs = [(5, 3), (900, 3), (4, 2), (6, 3), (1, 9)];
        let costs = costs.map(|(instructions, allocations)| Cost { instructions, allocations });
        assert_eq!(median(&costs), Cost { instructions: 5, allocations: 3 });
    }
}
