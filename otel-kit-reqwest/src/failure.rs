//! `error.type` of attempts that got no response.

use std::{error::Error as StdError, io};

use otel_kit_core::{operation::io_error_type, semconv::attribute::OTHER};
use reqwest_middleware::Error;

use crate::{http2, redirect::TooManyRedirects};

/// A short word for what went wrong, found in the chain of sources: one of a fixed set, whatever the error
/// says.
pub(crate) fn error_type(error: &Error) -> &'static str {
    let outermost: &(dyn StdError + 'static) = match error {
        Error::Reqwest(error) => error,
        Error::Middleware(error) => error.as_ref(),
    };
    let known = chain(outermost).find_map(word_of);
    known.or_else(|| chain(outermost).find_map(fallback_of)).unwrap_or(OTHER)
}

fn word_of(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    if error.is::<TooManyRedirects>() {
        Some(REDIRECT)
    } else if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        of_reqwest(error)
    } else if let Some(error) = error.downcast_ref::<hyper::Error>() {
        of_hyper(error)
    } else if let Some(error) = error.downcast_ref::<h2::Error>() {
        // It does not tell an I/O error as its source.
        error.get_io().map_or_else(|| error.reason().map(http2::word_of), |error| of_io(error.kind()))
    } else {
        error.downcast_ref::<io::Error>().and_then(|error| of_io(error.kind()))
    }
}

fn of_reqwest(error: &reqwest::Error) -> Option<&'static str> {
    if error.is_body() {
        // What lies below came from the caller's own stream and says nothing about the connection.
        Some("request_body")
    } else if error.is_timeout() {
        Some("timeout")
    } else if error.is_dns() {
        Some("dns")
    } else if error.is_redirect() {
        Some(REDIRECT)
    } else if error.is_builder() {
        Some("invalid_request")
    } else {
        None
    }
}

fn of_hyper(error: &hyper::Error) -> Option<&'static str> {
    if error.is_parse() {
        Some("invalid_response")
    } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        Some(CONNECTION_CLOSED)
    } else {
        None
    }
}

fn of_io(kind: io::ErrorKind) -> Option<&'static str> {
    match kind {
        // A socket knows no invalid data, but rustls says so of certificates and handshakes.
        io::ErrorKind::InvalidData => Some("tls"),
        kind => io_error_type(kind),
    }
}

fn fallback_of(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let error = error.downcast_ref::<reqwest::Error>()?;
    error.is_connect().then_some("connection_failed")
}

/// The error and its sources.
fn chain<'a>(outermost: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(outermost), |error| source(*error)).take(DEEPEST)
}

/// The next error in the chain. An I/O error that wraps another one hides it from the trait's method.
fn source<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

pub(crate) const CONNECTION_CLOSED: &str = "connection_closed";
const REDIRECT: &str = "redirect";

/// Sources that are looked at: a chain may be a circle.
const DEEPEST: usize = 32;

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Wrapped(io::Error);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl StdError for Wrapped {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_kind_of_an_io_error_is_found_however_deep_it_lies() {
        let cases = [
            (io::ErrorKind::ConnectionRefused, "connection_refused"),
            (io::ErrorKind::ConnectionReset, "connection_reset"),
            (io::ErrorKind::UnexpectedEof, "connection_closed"),
            (io::ErrorKind::TimedOut, "timeout"),
            (io::ErrorKind::InvalidData, "tls"),
            (io::ErrorKind::PermissionDenied, "_OTHER"),
        ];
        for (kind, word) in cases {
            let wrapped = io::Error::other(io::Error::from(kind));
            let nested = io::Error::other(Wrapped(io::Error::other(Wrapped(wrapped))));
            assert_eq!(error_type(&Error::middleware(Wrapped(nested))), word);
            assert_eq!(error_type(&Error::middleware(io::Error::from(kind))), word);
        }
    }

    #[test]
    fn an_error_of_a_middleware_without_a_known_source_has_the_fallback() {
        assert_eq!(error_type(&Error::middleware(fmt::Error)), "_OTHER");
    }

    #[test]
    fn a_chain_that_is_a_circle_ends() {
        #[derive(Debug)]
        struct Circle;
        impl fmt::Display for Circle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("circle")
            }
        }
        impl StdError for Circle {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                Some(self)
            }
        }
        assert_eq!(error_type(&Error::middleware(Circle)), "_OTHER");
    }
}
