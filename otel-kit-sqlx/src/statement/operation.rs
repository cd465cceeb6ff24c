use super::{
    keyword::{self as word, Keyword},
    scope::{Place, Verb},
};

/// The operation that a word begins, where a statement does; inside of another statement only few can.
pub(super) const fn begin(key: Keyword, is_start: bool) -> Option<(Verb, Place)> {
    Some(match key {
        word::INSERT | word::REPLACE => (Verb::Insert, Place::Head),
        word::UPDATE => (Verb::Update, Place::Head),
        word::DELETE => (Verb::Delete, Place::Body),
        word::MERGE => (Verb::Merge, Place::Head),
        word::CREATE => (Verb::Other, Place::What),
        word::EXECUTE => (Verb::Other, Place::Head),
        word::DECLARE => (Verb::None, Place::Wrapped),
        _ if !is_start => return None,
        word::ALTER => (Verb::Other, Place::What),
        word::DROP => (Verb::Silent, Place::What),
        word::CALL | word::COPY | word::EXEC => (Verb::Other, Place::Head),
        word::EXPLAIN => (Verb::None, Place::Inner),
        word::PREPARE => (Verb::None, Place::Wrapped),
        word::SET | word::VALUES | word::DO => (Verb::Other, Place::Phrase),
        _ if has_target(key) => (Verb::Silent, Place::Head),
        _ if is_command(key) => (Verb::Silent, Place::Phrase),
        _ => return None,
    })
}

/// What `CREATE`, `ALTER` and `DROP` say of a kind of object.
pub(super) const fn object(key: Keyword, verb: Verb) -> Option<Verb> {
    match key {
        word::EVENT
        | word::FUNCTION
        | word::PACKAGE
        | word::POLICY
        | word::PROCEDURE
        | word::RULE
        | word::TRIGGER
        // Accounts: no statements follow, but their names may be strings, as in a routine.
        | word::ROLE
        | word::USER => Some(match verb {
            Verb::Silent => Verb::Silent,
            _ => Verb::Routine,
        }),
        word::AGGREGATE
        | word::COLLATION
        | word::CONVERSION
        | word::DATABASE
        | word::DOMAIN
        | word::EXTENSION => Some(verb),
        word::GROUP | word::INDEX | word::LANGUAGE | word::PUBLICATION | word::SCHEMA => {
            Some(verb)
        }
        word::SEQUENCE | word::SERVER | word::STATISTICS | word::SUBSCRIPTION | word::TABLE => Some(verb),
        word::TABLESPACE | word::TYPE | word::VIEW => Some(verb),
        _ => None,
    }
}

/// A kind of object between an operation and its target.
pub(super) const fn names_kind(key: Keyword) -> bool {
    matches!(
        key,
        word::DATABASE
            | word::INDEX
            | word::MATERIALIZED
            | word::SCHEMA
            | word::TABLE
            | word::TABLES
            | word::VIEW
    )
}

/// A word between an operation and its target that says nothing about either.
pub(super) const fn is_modifier(key: Keyword) -> bool {
    matches!(
        key,
        word::ANALYZE
            | word::CONCURRENTLY
            | word::DELAYED
            | word::EXISTS
            | word::FREEZE
            | word::FULL
            | word::HIGH_PRIORITY
            | word::IF
            | word::IGNORE
            | word::INTO
            | word::LOW_PRIORITY
            | word::NOT
            | word::ON
            | word::ONLY
            | word::OR
            | word::TEMP
            | word::TEMPORARY
            | word::UNLOGGED
            | word::VERBOSE
    )
}

/// A second or third word of an operation.
pub(super) const fn goes_on(key: Keyword) -> bool {
    matches!(
        key,
        word::DATABASE
            | word::PREPARED
            | word::SAVEPOINT
            | word::TABLES
            | word::TO
            | word::TRANSACTION
            | word::WORK
    )
}

/// The end of a list of tables.
pub(super) const fn ends_tables(key: Keyword) -> bool {
    matches!(
        key,
        word::CONNECT
            | word::EXCEPT
            | word::FETCH
            | word::FOR
            | word::GROUP
            | word::HAVING
            | word::INTERSECT
            | word::LIMIT
            | word::LOCK
            | word::MINUS
            | word::OFFSET
            | word::ON
            | word::ORDER
            | word::RETURNING
            | word::SET
            | word::UNION
            | word::UPDATE
            | word::VALUES
            | word::WHEN
            | word::WHERE
            | word::WINDOW
    )
}

const fn has_target(key: Keyword) -> bool {
    matches!(
        key,
        word::ANALYZE
            | word::CHECK
            | word::CHECKSUM
            | word::CLUSTER
            | word::DESC
            | word::DESCRIBE
            | word::HANDLER
            | word::LISTEN
            | word::LOCK
            | word::NOTIFY
            | word::OPTIMIZE
            | word::PRAGMA
            | word::REFRESH
            | word::REINDEX
            | word::RENAME
            | word::REPAIR
            | word::TABLE
            | word::TRUNCATE
            | word::UNLISTEN
            | word::USE
            | word::VACUUM
    )
}

const fn is_command(key: Keyword) -> bool {
    matches!(
        key,
        word::ABORT
            | word::ATTACH
            | word::BEGIN
            | word::CHECKPOINT
            | word::CLOSE
            | word::COMMENT
            | word::COMMIT
            | word::DEALLOCATE
            | word::DETACH
            | word::DISCARD
            | word::END
            | word::FETCH
            | word::FLUSH
            | word::GRANT
            | word::KILL
            | word::LOAD
            | word::MOVE
            | word::RELEASE
            | word::RESET
            | word::REVOKE
            | word::ROLLBACK
            | word::SAVEPOINT
            | word::SHOW
            | word::START
            | word::UNLOCK
            | word::XA
    )
}
