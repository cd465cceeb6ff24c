/// Whose SQL a statement is written in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(dead_code, reason = "each driver is a feature, and they name their dialects")]
pub(crate) enum Dialect {
    PostgreSql,
    /// MariaDB too.
    MySql,
    Sqlite,
    /// Any SQL: whatever dialects read differently is masked.
    Other,
}

/// What decides where strings, comments and quoted identifiers end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// A backslash in a string takes the next character along.
    pub(super) has_escapes: bool,
    /// Block comments nest.
    pub(super) nests_comments: bool,
    /// A carriage return ends a line comment.
    pub(super) ends_lines_at_return: bool,
    /// `#` begins a comment.
    pub(super) has_hash_comments: bool,
    /// `--` begins a comment only before white space.
    pub(super) needs_space_after_dashes: bool,
    /// `[name]` is an identifier.
    pub(super) has_brackets: bool,
}

impl Dialect {
    /// The driver hands statements to a thread of its own, or nobody knows that it does not.
    pub(crate) const fn may_run_on_a_thread_of_its_own(self) -> bool {
        matches!(self, Self::Sqlite | Self::Other)
    }

    pub(super) const fn reading(self) -> Reading {
        match self {
            Self::PostgreSql => POSTGRESQL,
            Self::MySql => MYSQL,
            Self::Sqlite | Self::Other => SQLITE,
        }
    }

    /// `"text"` is an identifier wherever it stands.
    pub(super) const fn quotes_are_names(self) -> bool {
        matches!(self, Self::PostgreSql)
    }

    /// `$1` is a parameter, not an amount of money.
    pub(super) const fn has_dollar_parameters(self) -> bool {
        !matches!(self, Self::Other)
    }
}

impl Reading {
    /// All the ways in which servers read SQL, by product and setting.
    pub(super) const ALL: [Self; 6] = [
        POSTGRESQL,
        Self { has_escapes: true, ..POSTGRESQL },
        MYSQL,
        Self { has_escapes: false, ..MYSQL },
        SQLITE,
        Self { nests_comments: true, ..SQLITE },
    ];
}

const POSTGRESQL: Reading = Reading {
    has_escapes: false,
    nests_comments: true,
    ends_lines_at_return: true,
    has_hash_comments: false,
    needs_space_after_dashes: false,
    has_brackets: false,
};

const MYSQL: Reading = Reading {
    has_escapes: true,
    nests_comments: false,
    ends_lines_at_return: false,
    has_hash_comments: true,
    needs_space_after_dashes: true,
    has_brackets: false,
};

const SQLITE: Reading = Reading {
    has_escapes: false,
    nests_comments: false,
    ends_lines_at_return: false,
    has_hash_comments: false,
    needs_space_after_dashes: false,
    has_brackets: true,
};
