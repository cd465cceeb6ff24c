//! What an SQL statement does, and its text without its literals.

mod answer;
mod cache;
#[cfg(test)]
mod convention;
mod dialect;
#[cfg(test)]
mod double_quotes;
mod keyword;
mod lexer;
mod operation;
#[cfg(test)]
mod properties;
mod quoted;
#[cfg(test)]
mod sanitising;
mod scope;
#[cfg(test)]
mod summarising;
mod summary;
mod text;
mod token;
mod tokens;

use std::sync::{Arc, OnceLock};

use opentelemetry::StringValue;

use self::{answer::Answer, summary::Summary, text::SafeText, tokens::Tokens};

use crate::series::Series;

pub(crate) use self::{cache::Statements, dialect::Dialect};

/// What a span tells of an SQL statement.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Its operations and their targets; empty where none is recognised.
    pub(crate) summary: StringValue,
    /// The text without its literals, or as it is where values come as parameters.
    pub(crate) text: Option<StringValue>,
    /// It asks for rows, as far as the text tells.
    pub(crate) has_rows: bool,
    /// What its durations go to, once it had one.
    pub(crate) series: OnceLock<Arc<Series>>,
    /// What it is found by, if it is kept.
    sql: Option<Arc<str>>,
    dialect: Dialect,
}

impl Statement {
    fn new(dialect: Dialect, sql: &str, is_parameterised: bool) -> Self {
        let read = if is_parameterised { whole(dialect, sql) } else { masked(dialect, sql) };
        let [summary, text] = [read.summary, read.text].map(Arc::<str>::from);
        Self {
            summary: summary.into(),
            text: Some(text.into()),
            has_rows: read.has_rows,
            series: OnceLock::new(),
            sql: None,
            dialect,
        }
    }

    /// With all that it takes to find it again.
    fn kept(dialect: Dialect, sql: &str, is_parameterised: bool) -> Self {
        let mut statement = Self::new(dialect, sql, is_parameterised);
        let sql = Arc::<str>::from(sql);
        if statement.text.as_ref().is_some_and(|text| text.as_str() == &*sql) {
            statement.text = Some(Arc::clone(&sql).into());
        }
        Self { sql: Some(sql), ..statement }
    }
}

/// What was read of a statement.
struct Read {
    summary: String,
    text: String,
    has_rows: bool,
}

/// The text up to the last token that fits.
fn whole(dialect: Dialect, sql: &str) -> Read {
    let mut tokens = Tokens::new(dialect, sql, MOST_READ);
    let all = tokens.unread();
    let (mut summary, mut answer) = (Summary::new(), Answer::new());
    let mut end = if sql.len() > LONGEST { 0 } else { sql.len() };
    while let Some(token) = tokens.next() {
        summary.see(&token);
        answer.see(&token);
        let read = all.saturating_sub(tokens.unread());
        if read <= LONGEST {
            end = end.max(read);
        } else if summary.is_done() {
            break;
        }
    }
    let text = sql.get(..end).unwrap_or_default().to_owned();
    Read { summary: summary.finish(), text, has_rows: answer.has_rows() }
}

/// The text without literals.
fn masked(dialect: Dialect, sql: &str) -> Read {
    let (mut summary, mut answer) = (Summary::new(), Answer::new());
    let mut text = SafeText::new(LONGEST, sql.len());
    for token in Tokens::new(dialect, sql, MOST_READ) {
        let is_name = summary.see(&token);
        answer.see(&token);
        text.push(&token, is_name);
        if summary.is_done() && text.is_full() {
            break;
        }
    }
    Read { summary: summary.finish(), text: text.finish(), has_rows: answer.has_rows() }
}

/// Bytes of a text that a span gets.
const LONGEST: usize = 8192;

/// Bytes of a statement that are looked at.
const MOST_READ: usize = 65_536;
