//! Errors that somebody records.

use std::{error::Error, io, str};

use anyhow::Context as _;
use otel_kit_exceptions::{RecordError as _, record, record_dyn};
use shop::{Layered, Pg, Repo, StoreError};

use crate::observed::Observed;

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

#[derive(Debug, thiserror::Error)]
enum ServiceError {
    #[error("cannot take order {id}")]
    Take { id: u64, source: StoreError },
    #[error("no money")]
    Money,
}

struct Service<R> {
    repo: R,
}

impl<R: Repo> Service<R> {
    fn take(&self, id: u64) {
        let taken = self.repo.load(id).map_err(|source| ServiceError::Take { id, source });
        if let Err(error) = taken {
            error.record();
        }
    }
}

pub fn all(observed: &mut Observed) {
    io_errors(observed);
    let service = Service { repo: Pg { data: 0_u8 } };
    observed.shape("enum-not-found", || service.take(1));
    observed.shape("enum-read", || service.take(2));
    observed.shape("enum-transparent", || service.take(3));
    observed.shape("enum-unit", || ServiceError::Money.record());
    observed.shape("parse-int", || "x".parse::<u8>().unwrap_err().record());
    observed.shape("parse-float", || "x".parse::<f32>().unwrap_err().record());
    observed.shape("utf8", || str::from_utf8(&std::hint::black_box([0xff])).unwrap_err().record());
    observed.shape("address", || "x".parse::<std::net::IpAddr>().unwrap_err().record());
    observed.shape("boxed-text", || Box::<dyn Error>::from("order 7 has no price").record());
    observed.shape("boxed-other-text", || Box::<dyn Error>::from("order 7 has no owner").record());
    observed.shape("dynamic", || record_dyn(&ServiceError::Money));
    observed.shape("layered", || Layered("the disk 7 is full".into()).record());
    observed.shape("by-macro", || by_macro("x"));
    observed.shape("by-macro-elsewhere", || by_another_macro("x"));
    observed.shape("closure", closure);
    reports(observed);
}

fn io_errors(observed: &mut Observed) {
    observed.shape("io-not-found", || std::fs::read("/nothing/there").unwrap_err().record());
    observed.shape("io-refused", || io::Error::from(io::ErrorKind::ConnectionRefused).record());
    observed.shape("io-other", || io::Error::other("pool 3 is closed").record());
    observed.shape("io-typed", || io::Error::other(ServiceError::Money).record());
}

fn reports(observed: &mut Observed) {
    observed.shape("anyhow-parse", || shop::parse("x").unwrap_err().record());
    observed.shape("anyhow-small", || shop::parse("7").unwrap_err().record());
    observed.shape("anyhow-parse/context", || {
        shop::parse("x").context("cannot read the form").unwrap_err().record()
    });
    observed.shape("anyhow-enum", || anyhow::Error::new(ServiceError::Money).record());
}

fn closure() {
    let record = |text: &str| text.parse::<u16>().unwrap_err().record();
    ["x"].into_iter().for_each(record);
}

fn by_macro(text: &str) {
    if let Err(error) = text.parse::<u64>() {
        record!(error);
    }
}

fn by_another_macro(text: &str) {
    if let Err(error) = text.parse::<u64>() {
        record!(error);
    }
}
