//! Posting JSON to one URL.

mod client;
mod connect;
mod endpoint;
#[cfg(feature = "tls")]
mod tls;

pub(super) use self::endpoint::{Endpoint, Policy};
#[cfg(all(feature = "email", feature = "tls"))]
pub(super) use self::tls::read_ca;
