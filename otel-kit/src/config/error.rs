use std::{fmt, io};

/// Why the configuration cannot be used: what is wrong, where it stands, what to write instead.
///
/// `Debug` reads like `Display` followed by the cause, because that is what `main` prints of a returned
/// error.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is named by `OTEL_KIT_CONFIG` or stands in the working directory, but cannot be read.
    #[error("{file}: cannot be read; make it readable, or name another file with OTEL_KIT_CONFIG")]
    Read {
        /// Path of the file.
        file: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is not YAML, or a reference to a variable in it is malformed.
    #[error("{place}: {message}")]
    Syntax {
        /// Where it stands.
        place: Place,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// A key is unknown, or its value cannot be used.
    #[error("{place}: {}{message}", lead(key))]
    Value {
        /// Where it stands.
        place: Place,
        /// Path of the key, such as `traces.sampler.ratio`; empty for the file as a whole.
        key: String,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// An environment variable asks for what is not there.
    #[error("{variable}: {message}")]
    Variable {
        /// Name of the variable.
        variable: &'static str,
        /// What is wrong and what to do instead.
        message: String,
    },
}

fn lead(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("{key}: ") }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match self {
            Self::Read { source, .. } => write!(f, ": {source}"),
            _ => Ok(()),
        }
    }
}

/// Where a value of the configuration comes from; prints as `code` or as `otel-kit.yaml:12:5`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// Set by code.
    Code,
    /// A line of the file.
    File {
        /// Path of the file, as it was given.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("code"),
            Self::File { name, line, column } => write!(f, "{name}:{line}:{column}"),
        }
    }
}

/// What an environment variable said that cannot be used; the service starts without it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Warning {
    variable: &'static str,
    message: String,
}

impl Warning {
    pub(super) fn new(variable: &'static str, message: impl fmt::Display) -> Self {
        Self { variable, message: message.to_string() }
    }

    pub(super) fn ignored(variable: &'static str, problem: &Problem) -> Self {
        Self::new(variable, format_args!("ignored, {problem}"))
    }

    /// Name of the variable.
    #[must_use]
    pub fn variable(&self) -> &str {
        self.variable
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.message)
    }
}

/// What is wrong with one value and what to write instead, before anybody knows where the value stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Problem {
    /// Path from the key to the part that is wrong: `[1]`, `.x-api-key` or nothing.
    pub(super) part: String,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { part: String::new(), message: format!("{what}; {remedy}") }
    }

    pub(super) fn at_item(mut self, index: usize) -> Self {
        self.part = format!("[{index}]{}", self.part);
        self
    }

    pub(super) fn at_name(mut self, name: &str) -> Self {
        self.part = format!(".{name}{}", self.part);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn an_error_returned_from_main_reads_as_a_sentence_with_its_cause() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = ConfigError::Read { file: "a.yaml".into(), source };
        let sentence = "a.yaml: cannot be read; make it readable, or name another file with OTEL_KIT_CONFIG";
        assert_eq!(error.to_string(), sentence);
        assert_eq!(format!("{error:?}"), format!("{sentence}: no such file"));
        assert_eq!(error.source().unwrap().to_string(), "no such file");
    }
}
