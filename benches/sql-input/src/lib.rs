//! Queries of a pool. Which version of sqlx runs them is for each subject to say.

use std::{fmt::Debug, hint::black_box};

use measure::Loop;
use tokio::{runtime::Builder, task};

/// For one row: the name of the user with the number that is its parameter.
pub const ONE: &str = "SELECT name FROM users WHERE id = $1";

/// For many rows.
pub const MANY: &str = "SELECT name FROM users WHERE id > $1";

/// What SQLite is told before: one more row than none.
pub const SCHEMA: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (7, 'Ada')";

/// Measures a query of what `open` makes, until a connection of a pool is given back.
///
/// # Panics
/// If the query fails.
#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
pub fn query<P, T, E: Debug>(
    measured: Loop,
    open: impl AsyncFnOnce() -> Result<P, E>,
    mut query: impl AsyncFnMut(&mut P) -> Result<T, E>,
) {
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut pool = runtime.block_on(open()).expect("a pool");
    measured.run(|| {
        runtime.block_on(async {
            black_box(query(&mut pool).await).expect("an answer");
            // sqlx gives connections back in a task of its own.
            task::yield_now().await;
        });
    });
}
