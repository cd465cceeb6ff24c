//! A statement with literals: whatever surrounds them and whatever is in them, nothing of them is left.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opentelemetry::StringValue;

use self::statement::{Dialect, Statements};

/// What statements name and do not look into here: their metrics.
mod series {
    #[allow(dead_code)]
    #[derive(Debug)]
    pub(crate) struct Series;
}

#[allow(dead_code)]
#[path = "../../otel-kit-sqlx/src/statement/mod.rs"]
mod statement;

const DIALECTS: [Dialect; 4] = [Dialect::Other, Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite];

fuzz_target!(|input: &str| {
    let statements = Statements::new();
    let text = |dialect, sql: &str| {
        let found = statements.of(dialect, sql, false);
        assert!(found.summary.as_str().chars().count() <= 255, "a long summary");
        let text = found.text.as_ref().map(StringValue::as_str).unwrap_or_default().to_owned();
        (found.summary.as_str().to_owned(), text)
    };
    let marked = with_literals(input);
    for dialect in DIALECTS {
        let (_, once) = text(dialect, input);
        assert_eq!(text(dialect, &once).1, once, "it goes on changing");
        // PostgreSQL knows no strings in double quotes.
        if dialect == Dialect::PostgreSql && marked.contains(&format!("\"{MARK}")) {
            continue;
        }
        let (summary, once) = text(dialect, &marked);
        assert!(!has_mark(&summary) && !has_mark(&once), "{dialect:?}: {marked:?}: {summary:?}: {once:?}");
    }
});

/// The words of `input` as code, and everything else in strings, between marks: in strings of the standard, and in
/// double quotes where an operand has to be.
fn with_literals(input: &str) -> String {
    let mut sql = String::new();
    for (number, part) in input.split('\u{1}').enumerate() {
        let text = part.replace('\0', "");
        if number % 2 == 0 {
            let is_code = |char: &char| char.is_ascii_lowercase() || " \n(),;.=+*<>:@".contains(*char);
            sql.extend(text.chars().filter(is_code));
        } else if let Some(text) = text.strip_prefix('"') {
            let before = BEFORE_OPERANDS[text.len() % BEFORE_OPERANDS.len()];
            sql.push_str(&format!(" {before}\"{MARK}{}{MARK}\" ", text.replace('"', "\"\"")));
        } else {
            sql.push_str(&format!(" '{MARK}{}{MARK}' ", text.replace('\'', "''")));
        }
    }
    sql
}

/// Whole marks only: an identifier may have any letter.
fn has_mark(text: &str) -> bool {
    text.contains(MARK)
}

const MARK: &str = "QXZJ7";

/// After each of these there is no place for a name in double quotes.
const BEFORE_OPERANDS: [&str; 10] =
    ["<> ", "|| ", "like ", "and ", "when ", "by ", "concat(", "in (", "values (", "select "];
