//! An application's own, and reports.

use std::{io, num::ParseIntError};

use anyhow::{Context, anyhow};

use super::{Cause, causes_of};

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("order {0} is gone")]
    Gone(u64),
    #[error("order {id} of {owner} is closed")]
    Closed { id: u64, owner: String },
    #[error("no stock")]
    Stock,
    #[error("cannot read order {id}")]
    Read { id: u64, source: io::Error },
    #[error(transparent)]
    Parse(#[from] ParseIntError),
    #[error("payment of order {0} failed")]
    Payment(u64, #[source] PaymentError),
}

#[derive(Debug, thiserror::Error)]
enum PaymentError {
    #[error("card of {0} is declined")]
    Declined(&'static str),
    #[error("no answer after {0} ms")]
    Late(u32),
}

#[derive(Debug, thiserror::Error)]
#[error("quota of {0} is used up")]
struct Quota(u64);

pub(super) fn causes() -> Vec<Cause> {
    [enums(), reports()].concat()
}

fn enums() -> Vec<Cause> {
    let read = |kind: io::ErrorKind| [7, 12].map(|id| OrderError::Read { id, source: kind.into() });
    let parse = |text: &str| OrderError::from(text.parse::<u8>().unwrap_err());
    vec![
        causes_of("enum gone", [7, 12].map(OrderError::Gone)),
        causes_of(
            "enum closed",
            ["ann", "bob"].map(|owner| OrderError::Closed { id: 7, owner: owner.to_owned() }),
        ),
        causes_of("enum stock", [OrderError::Stock, OrderError::Stock]),
        causes_of("enum refused", read(io::ErrorKind::ConnectionRefused)),
        causes_of("enum late", read(io::ErrorKind::TimedOut)),
        causes_of("enum transparent", ["x", "y"].map(parse)),
        causes_of(
            "enum declined",
            ["ann", "bob"].map(|who| OrderError::Payment(7, PaymentError::Declined(who))),
        ),
        causes_of(
            "enum no answer",
            [70, 120].map(|millis| OrderError::Payment(7, PaymentError::Late(millis))),
        ),
        causes_of("payment declined", ["ann", "bob"].map(PaymentError::Declined)),
        causes_of("struct", [7, 12].map(Quota)),
        causes_of(
            "boxed struct",
            [7, 12].map(|quota| -> Box<dyn std::error::Error + Send + Sync> { Quota(quota).into() }),
        ),
    ]
}

fn reports() -> Vec<Cause> {
    let user = |id: u32| anyhow!("user {id} is not known");
    let read = |kind: io::ErrorKind, file| {
        Err::<(), _>(io::Error::from(kind)).with_context(|| format!("cannot read {file}"))
    };
    let declined = |card| anyhow::Error::new(PaymentError::Declined(card)).context("cannot pay");
    vec![
        causes_of("report text", [7, 12].map(user)),
        causes_of("report other text", [7, 12].map(|id| anyhow!("tenant {id} is not known"))),
        causes_of("report late", ["/a", "/b"].map(|file| read(io::ErrorKind::TimedOut, file).unwrap_err())),
        causes_of(
            "report in use",
            ["/a", "/b"].map(|file| read(io::ErrorKind::AddrInUse, file).unwrap_err()),
        ),
        causes_of("report declined", ["ann", "bob"].map(declined)),
    ]
}
