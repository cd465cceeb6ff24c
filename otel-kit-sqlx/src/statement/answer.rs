use super::token::{Kind, Token};

/// Whether a text asks for rows, as far as it tells: a query does, and a change that returns what it changed. What
/// does is not left without a number of rows when there are none.
#[derive(Debug)]
pub(super) struct Answer {
    part: Part,
    depth: usize,
    /// A statement before the current one asks for rows.
    is_told: bool,
}

/// Where in a statement the text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    /// Before its first word.
    Start,
    /// Among the queries that `WITH` names.
    With,
    /// In a query, which may put its rows elsewhere.
    Query,
    /// In a change of rows, which may return them.
    Change,
    /// It has rows, whatever follows.
    Rows,
    /// It has none, or nobody knows.
    Other,
}

impl Answer {
    pub(super) const fn new() -> Self {
        Self { part: Part::Start, depth: 0, is_told: false }
    }

    pub(super) fn see(&mut self, token: &Token<'_>) {
        match token.kind {
            Kind::Word => self.word(token.text),
            Kind::Symbol => match token.text {
                "(" => self.depth = self.depth.saturating_add(1),
                ")" => self.depth = self.depth.saturating_sub(1),
                ";" => *self = Self { is_told: self.has_rows(), ..Self::new() },
                _ => {}
            },
            _ => {}
        }
    }

    pub(super) const fn has_rows(&self) -> bool {
        self.is_told || matches!(self.part, Part::Query | Part::Rows)
    }

    fn word(&mut self, word: &str) {
        let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        self.part = match self.part {
            Part::Start if is(&["with"]) => Part::With,
            Part::Start if is(&["show", "explain", "describe", "desc", "fetch"]) => Part::Rows,
            Part::Start | Part::With if is(&["select", "values", "table"]) && self.is_first() => Part::Query,
            Part::Start | Part::With
                if is(&["insert", "update", "delete", "replace", "merge"]) && self.is_first() =>
            {
                Part::Change
            }
            Part::Start => Part::Other,
            Part::Query if self.depth == 0 && is(&["into"]) => Part::Other,
            Part::Change if self.depth == 0 && is(&["returning"]) => Part::Rows,
            part => part,
        };
    }

    /// The first word of a statement may be in parentheses; what stands in them after `WITH` is another statement.
    const fn is_first(&self) -> bool {
        self.depth == 0 || !matches!(self.part, Part::With)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{Dialect, tokens::Tokens};

    fn has_rows(sql: &str) -> bool {
        let mut answer = Answer::new();
        Tokens::new(Dialect::PostgreSql, sql, sql.len()).for_each(|token| answer.see(&token));
        answer.has_rows()
    }

    #[test]
    fn queries_ask_for_rows_and_changes_that_return_them() {
        for sql in [
            "SELECT 1",
            "/* a */ (select a FROM b) UNION (SELECT a FROM c)",
            "WITH a AS (DELETE FROM b RETURNING c), d (e) AS (VALUES (1)) SELECT * FROM a",
            "WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a RETURNING c",
            "VALUES (1), (2)",
            "TABLE a",
            "SHOW search_path",
            "EXPLAIN DELETE FROM a",
            "DELETE FROM a WHERE b IN (SELECT c FROM d) RETURNING *",
            "INSERT INTO a (b) VALUES ('returning') ON CONFLICT DO NOTHING RETURNING b",
            "SELECT (SELECT a INTO b)",
            "DELETE FROM a; SELECT 1; DELETE FROM b",
        ] {
            assert!(has_rows(sql), "{sql}");
        }
    }

    #[test]
    fn what_changes_something_or_says_nothing_of_rows_asks_for_none() {
        for sql in [
            "",
            "BEGIN",
            "INSERT INTO a SELECT * FROM b",
            "UPDATE a SET b = 'returning' WHERE c = \"returning\"",
            "DELETE FROM a WHERE b IN (SELECT c FROM d)",
            "WITH a AS (DELETE FROM b RETURNING c) INSERT INTO d SELECT * FROM a",
            "SELECT a INTO b FROM c",
            "CREATE TABLE a AS SELECT 1",
            "CALL a()",
            "PRAGMA a",
            "DELETE FROM a; -- SELECT 1",
            "/* SELECT 1 */",
        ] {
            assert!(!has_rows(sql), "{sql}");
        }
    }
}
