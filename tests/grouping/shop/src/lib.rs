//! What the service calls: it fails in many ways.

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

mod pg;
pub mod store;

use std::{error::Error, fmt, future::Future, num::ParseIntError, pin::Pin};

pub use pg::Pg;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where orders are.
pub trait Repo {
    fn load(&self, id: u64) -> Result<String, StoreError>;

    fn take(&self, ids: &[u64], index: usize) -> u64 {
        ids[index]
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("order {0} not found")]
    NotFound(u64),
    #[error("cannot read order {id}")]
    Read { id: u64, source: std::io::Error },
    #[error(transparent)]
    Parse(#[from] ParseIntError),
}

/// Says nothing of its own.
#[derive(Debug)]
pub struct Layered(pub Box<dyn Error + Send + Sync>);

impl fmt::Display for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a layer failed")
    }
}

impl Error for Layered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

pub fn parse(text: &str) -> anyhow::Result<u64> {
    let number = text.parse::<u64>()?;
    anyhow::ensure!(number > 10, "number {number} is too small");
    Ok(number)
}

/// Of any type, inlined wherever it can be.
#[inline]
pub fn first<T: Clone>(items: &[T]) -> T {
    items.iter().map(|item| item.clone()).next().unwrap()
}

/// Calls what it is given, through as many hands as there are.
pub fn each<F: FnMut(u64) -> u64>(count: u64, mut of: F) -> u64 {
    (0..count).map(|number| of(number)).sum()
}

pub fn dynamic(text: &'static str) -> Box<dyn Fn(u64) -> u64 + Send> {
    Box::new(move |number| if number > 0 { number } else { panic!("{text} has no number {number}") })
}

/// As deep as it is told.
pub fn walk(depth: u32) -> u32 {
    if depth == 0 {
        std::hint::black_box(0_u32).checked_sub(1).expect("no depth")
    } else {
        walk(depth - 1) + 1
    }
}

pub async fn later(number: u64) -> u64 {
    let more = async { number.checked_mul(u64::MAX).expect("a small number") };
    more.await
}
