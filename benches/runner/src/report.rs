//! The table of a group, as Markdown that reads well as text.

use std::fmt;

/// What a group's run found.
pub(crate) struct Report {
    columns: &'static [&'static str],
    lines: Vec<Line>,
}

pub(crate) struct Line {
    /// As many as there are columns.
    pub(crate) cells: Vec<String>,
    pub(crate) over_target: bool,
}

impl Report {
    pub(crate) fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, lines: Vec::new() }
    }

    pub(crate) fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub(crate) fn over_target(&self) -> usize {
        self.lines.iter().filter(|line| line.over_target).count()
    }

    /// The last line of the output.
    pub(crate) fn verdict(&self, group: &str) -> String {
        match self.over_target() {
            0 => format!("{group}: ok"),
            count => format!("{group}: {count} over target"),
        }
    }

    fn row<'a>(&self, f: &mut fmt::Formatter<'_>, cells: impl Iterator<Item = &'a str>) -> fmt::Result {
        for (cell, (width, is_number)) in cells.zip(self.shape()) {
            if is_number {
                write!(f, "| {cell:>width$} ")?;
            } else {
                write!(f, "| {cell:<width$} ")?;
            }
        }
        writeln!(f, "|")
    }

    /// The width of each column, and whether it holds numbers.
    fn shape(&self) -> impl Iterator<Item = (usize, bool)> {
        self.columns.iter().enumerate().map(|(column, title)| {
            let cells = || self.lines.iter().filter_map(move |line| line.cells.get(column));
            let width = cells().map(|cell| cell.chars().count()).chain([title.len()]).max();
            (width.unwrap_or_default(), cells().all(|cell| is_number(cell)))
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.row(f, self.columns.iter().copied())?;
        for (width, is_number) in self.shape() {
            write!(f, "|{}{}", "-".repeat(width + 1), if is_number { ':' } else { '-' })?;
        }
        writeln!(f, "|")?;
        self.lines.iter().try_for_each(|line| self.row(f, line.cells.iter().map(String::as_str)))
    }
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn is_number(cell: &str) -> bool {
    cell.trim_matches(['*', '+', '-']).starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(over_target: &[bool]) -> Report {
        let mut report = Report::new(&["operation", "instructions"]);
        for over_target in over_target {
            report.add(Line {
                cells: vec!["extract".to_owned(), "**+1,000**".to_owned()],
                over_target: *over_target,
            });
        }
        report
    }

    #[test]
    fn numbers_are_on_the_right() {
        let expected = "| operation | instructions |\n\
                        |-----------|-------------:|\n\
                        | extract   |   **+1,000** |\n";
        assert_eq!(report(&[false]).to_string(), expected);
    }

    #[test]
    fn the_verdict_counts_what_is_over_target() {
        assert_eq!(report(&[false, false]).verdict("group"), "group: ok");
        assert_eq!(report(&[true, false, true]).verdict("group"), "group: 2 over target");
    }

    #[test]
    fn digits_are_grouped_by_three() {
        let numbers = [0, 999, 1_000, -12_345, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "-12,345", "1,234,567"]);
    }
}
