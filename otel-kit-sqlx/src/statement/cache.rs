use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use arc_swap::ArcSwapOption;

use super::{Dialect, Statement};

/// The statements seen lately, looked up without a lock, bounded in number and in bytes.
///
/// Statements with parameters are the program's own, and few. A statement without them may hold data, and be another
/// one each time: those have a small table of their own, and enter it when they come for the second time.
#[derive(Debug)]
pub(crate) struct Statements {
    parameterised: Table<256>,
    literal: Table<32>,
    /// Hashes of statements that came once, each in its place.
    seen: Box<[AtomicU64]>,
}

/// What a statement is told apart by.
#[derive(Clone, Copy, Debug)]
struct Key<'a> {
    dialect: Dialect,
    sql: &'a str,
    is_parameterised: bool,
    hash: u64,
}

/// A table in which a key has a set of places to itself and few others: whoever fills them all evicts the oldest.
#[derive(Debug)]
struct Table<const SETS: usize> {
    sets: Box<[Set]>,
    most_bytes: usize,
    bytes: AtomicUsize,
    /// The set to make room in when there are too many bytes.
    hand: AtomicUsize,
}

#[derive(Debug, Default)]
struct Set {
    /// The hashes of the statements, as hints.
    hashes: [AtomicU64; WAYS],
    statements: [ArcSwapOption<Statement>; WAYS],
    next: AtomicUsize,
}

impl Statements {
    pub(crate) fn new() -> Self {
        Self {
            parameterised: Table::new(MOST_BYTES),
            literal: Table::new(MOST_LITERAL_BYTES),
            seen: (0..SEEN).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// What is known of a statement; `is_parameterised` says that its values come as parameters.
    pub(crate) fn of(&self, dialect: Dialect, sql: &str, is_parameterised: bool) -> Arc<Statement> {
        if sql.len() > LONGEST_KEPT {
            return Arc::new(Statement::new(dialect, sql, is_parameterised));
        }
        let key = Key { dialect, sql, is_parameterised, hash: hash(sql) };
        if is_parameterised {
            self.parameterised.get(&key).unwrap_or_else(|| self.parameterised.insert(&key))
        } else {
            self.literal.get(&key).unwrap_or_else(|| self.literal(&key))
        }
    }

    fn literal(&self, key: &Key<'_>) -> Arc<Statement> {
        let place = self.seen.get(place(key.hash, self.seen.len()));
        if place.is_some_and(|place| place.swap(key.hash, Ordering::Relaxed) == key.hash) {
            self.literal.insert(key)
        } else {
            Arc::new(Statement::new(key.dialect, key.sql, false))
        }
    }
}

impl<const SETS: usize> Table<SETS> {
    fn new(most_bytes: usize) -> Self {
        Self {
            sets: (0..SETS).map(|_| Set::default()).collect(),
            most_bytes,
            bytes: AtomicUsize::new(0),
            hand: AtomicUsize::new(0),
        }
    }

    fn get(&self, key: &Key<'_>) -> Option<Arc<Statement>> {
        let set = self.sets.get(place(key.hash, SETS))?;
        let mut places = set.hashes.iter().zip(&set.statements);
        places.find_map(|(hash, statement)| {
            if hash.load(Ordering::Relaxed) != key.hash {
                return None;
            }
            statement.load_full().filter(|statement| statement.is(key))
        })
    }

    fn insert(&self, key: &Key<'_>) -> Arc<Statement> {
        let statement = Arc::new(Statement::kept(key.dialect, key.sql, key.is_parameterised));
        if let Some(set) = self.sets.get(place(key.hash, SETS)) {
            self.bytes.fetch_add(statement.bytes(), Ordering::Relaxed);
            let evicted = set.put(key.hash, Some(Arc::clone(&statement)));
            self.bytes.fetch_sub(evicted, Ordering::Relaxed);
            self.make_room();
        }
        statement
    }

    fn make_room(&self) {
        for _ in 0..SETS {
            if self.bytes.load(Ordering::Relaxed) <= self.most_bytes {
                return;
            }
            if let Some(set) = self.sets.get(self.hand.fetch_add(1, Ordering::Relaxed) % SETS) {
                let evicted = (0..WAYS).map(|_| set.put(0, None)).sum();
                self.bytes.fetch_sub(evicted, Ordering::Relaxed);
            }
        }
    }
}

impl Set {
    /// Puts a statement in the place of the oldest one; answers how many bytes that had.
    fn put(&self, hash: u64, statement: Option<Arc<Statement>>) -> usize {
        let way = self.next.fetch_add(1, Ordering::Relaxed) % WAYS;
        let (Some(known), Some(place)) = (self.hashes.get(way), self.statements.get(way)) else {
            return 0;
        };
        let evicted = place.swap(statement);
        known.store(hash, Ordering::Relaxed);
        evicted.map_or(0, |evicted| evicted.bytes())
    }
}

impl Statement {
    fn is(&self, key: &Key<'_>) -> bool {
        self.sql.as_deref() == Some(key.sql) && self.dialect == key.dialect
    }

    fn bytes(&self) -> usize {
        let sql = self.sql.as_ref().map_or(0, |sql| sql.len());
        let text = self.text.as_ref().map_or(0, |text| text.as_str().len());
        sql.saturating_add(text).saturating_add(self.summary.as_str().len()).saturating_add(OVERHEAD)
    }
}

/// A quick hash: it needs no strength against chosen texts, as those could but evict each other.
fn hash(text: &str) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    mix(hash, rest.iter().fold(text.len() as u64, |word, byte| word << 8 | u64::from(*byte)))
}

/// Where a hash belongs among `places`; its upper bits are the good ones.
fn place(hash: u64, places: usize) -> usize {
    usize::try_from(hash >> 40).unwrap_or_default() % places
}

const WAYS: usize = 4;
const SEEN: usize = 256;

/// Longer statements are looked at each time.
const LONGEST_KEPT: usize = 16_384;
const MOST_BYTES: usize = 4 << 20;
const MOST_LITERAL_BYTES: usize = 512 << 10;

/// Bytes of a statement beside its texts, about.
const OVERHEAD: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    const DIALECT: Dialect = Dialect::PostgreSql;

    fn held<const SETS: usize>(table: &Table<SETS>) -> (usize, usize) {
        let all = || table.sets.iter().flat_map(|set| &set.statements).filter_map(ArcSwapOption::load_full);
        assert_eq!(
            all().map(|statement| statement.bytes()).sum::<usize>(),
            table.bytes.load(Ordering::Relaxed)
        );
        (all().count(), table.bytes.load(Ordering::Relaxed))
    }

    #[test]
    fn a_statement_that_comes_again_is_looked_at_once() {
        let statements = Statements::new();
        let first = statements.of(DIALECT, "SELECT a FROM b WHERE c = $1", true);
        assert!(Arc::ptr_eq(&first, &statements.of(DIALECT, "SELECT a FROM b WHERE c = $1", true)));
        assert_eq!(first.summary.as_str(), "SELECT b");
        let others = [
            (Dialect::Other, "SELECT a FROM b WHERE c = $1", true),
            (DIALECT, "SELECT a FROM c WHERE c = $1", true),
        ];
        for (dialect, sql, is_parameterised) in others {
            assert!(!Arc::ptr_eq(&first, &statements.of(dialect, sql, is_parameterised)));
        }
        assert_eq!(statements.of(DIALECT, "SELECT 'a'", true).text.as_ref().unwrap().as_str(), "SELECT 'a'");
        assert_eq!(statements.of(DIALECT, "SELECT 'a'", false).text.as_ref().unwrap().as_str(), "SELECT ?");
    }

    #[test]
    fn a_statement_without_parameters_is_kept_when_it_comes_again() {
        let statements = Statements::new();
        let of = || statements.of(DIALECT, "SELECT 1", false);
        let (first, second) = (of(), of());
        assert!(!Arc::ptr_eq(&first, &second) && Arc::ptr_eq(&second, &of()));
    }

    #[test]
    fn statements_that_differ_each_time_keep_nobody_out() {
        let statements = Statements::new();
        let of_kept =
            || [statements.of(DIALECT, "SELECT 1", false), statements.of(DIALECT, "SELECT $1", true)];
        of_kept();
        let kept = of_kept();
        for number in 0..3000 {
            statements.of(DIALECT, &format!("SELECT {number} FROM t"), false);
        }
        for (kept, again) in kept.iter().zip(of_kept()) {
            assert!(Arc::ptr_eq(kept, &again));
        }
        assert_eq!(held(&statements.literal).0, 1);
    }

    #[test]
    fn statements_are_bounded_in_number_and_bytes() {
        let statements = Statements::new();
        for number in 0..1200 {
            let text = "x, ".repeat(number * 37 % 5000);
            for is_parameterised in [true, false, false] {
                statements.of(DIALECT, &format!("SELECT {text} {number} FROM t"), is_parameterised);
            }
        }
        let (count, bytes) = held(&statements.parameterised);
        assert!((100..=1024).contains(&count) && bytes <= MOST_BYTES, "{count} {bytes}");
        let (count, bytes) = held(&statements.literal);
        assert!((10..=128).contains(&count) && bytes <= MOST_LITERAL_BYTES, "{count} {bytes}");
    }

    #[test]
    fn threads_that_evict_each_other_get_their_own_statements() {
        let statements = Statements::new();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let statements = &statements;
                scope.spawn(move || {
                    for number in 0..2000 {
                        let table = format!("t{}", (number * (thread + 1)) % 1500);
                        let found = statements.of(DIALECT, &format!("SELECT a FROM {table}"), true);
                        assert_eq!(found.summary.as_str(), format!("SELECT {table}"));
                    }
                });
            }
        });
        held(&statements.parameterised);
    }
}
