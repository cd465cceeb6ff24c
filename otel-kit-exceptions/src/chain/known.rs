use std::{
    char::ParseCharError,
    env::VarError,
    error::Error,
    ffi::{FromBytesWithNulError, IntoStringError, NulError},
    io,
    net::AddrParseError,
    num::{ParseFloatError, ParseIntError, TryFromIntError},
    str::{ParseBoolError, Utf8Error},
    string::FromUtf8Error,
    time::SystemTimeError,
};

/// Full name of a type that everybody has, which a chain of `dyn Error` cannot tell otherwise.
pub(super) fn full(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(io) = error.downcast_ref::<io::Error>() {
        return Some(format!("std::io::Error::{:?}", io.kind()));
    }
    STANDARD.iter().find(|(is, _)| is(error)).map(|(_, name)| (*name).to_owned())
}

/// The name that users write, without generic arguments.
pub(super) fn public(type_name: &str) -> String {
    let name = without_arguments(type_name);
    if let Some((_, public)) = RENAMED.iter().find(|(private, _)| *private == name) {
        return (*public).to_owned();
    }
    let standard = ["core::", "alloc::"].iter().find_map(|krate| name.strip_prefix(krate));
    standard.map_or(name.clone(), |rest| format!("std::{rest}"))
}

/// Where the arguments begin, the path ends, but for a reference or another such thing, which has no path.
fn without_arguments(name: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(name.len());
    for part in name.chars() {
        match part {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(part),
            _ => {}
        }
    }
    plain
}

type Is = fn(&(dyn Error + 'static)) -> bool;

const STANDARD: &[(Is, &str)] = &[
    (|error| error.is::<ParseIntError>(), "std::num::ParseIntError"),
    (|error| error.is::<ParseFloatError>(), "std::num::ParseFloatError"),
    (|error| error.is::<TryFromIntError>(), "std::num::TryFromIntError"),
    (|error| error.is::<ParseBoolError>(), "std::str::ParseBoolError"),
    (|error| error.is::<ParseCharError>(), "std::char::ParseCharError"),
    (|error| error.is::<Utf8Error>(), "std::str::Utf8Error"),
    (|error| error.is::<FromUtf8Error>(), "std::string::FromUtf8Error"),
    (|error| error.is::<AddrParseError>(), "std::net::AddrParseError"),
    (|error| error.is::<SystemTimeError>(), "std::time::SystemTimeError"),
    (|error| error.is::<VarError>(), "std::env::VarError"),
    (|error| error.is::<NulError>(), "std::ffi::NulError"),
    (|error| error.is::<FromBytesWithNulError>(), "std::ffi::FromBytesWithNulError"),
    (|error| error.is::<IntoStringError>(), "std::ffi::IntoStringError"),
    (|error| error.is::<std::fmt::Error>(), "std::fmt::Error"),
];

/// Types whose path is not the one by which they are known.
const RENAMED: &[(&str, &str)] = &[
    ("core::num::error::ParseIntError", "std::num::ParseIntError"),
    ("core::num::error::TryFromIntError", "std::num::TryFromIntError"),
    ("core::num::dec2flt::ParseFloatError", "std::num::ParseFloatError"),
    ("core::num::float_parse::ParseFloatError", "std::num::ParseFloatError"),
    ("core::str::error::Utf8Error", "std::str::Utf8Error"),
    ("core::str::error::ParseBoolError", "std::str::ParseBoolError"),
    ("core::net::parser::AddrParseError", "std::net::AddrParseError"),
    ("hyper::error::Error", "hyper::Error"),
    ("hyper_util::client::legacy::client::Error", "hyper_util::client::legacy::Error"),
    ("reqwest::error::Error", "reqwest::Error"),
    ("reqwest_middleware::error::Error", "reqwest_middleware::Error"),
    ("serde_json::error::Error", "serde_json::Error"),
    ("sqlx_core::error::Error", "sqlx::Error"),
    ("std::io::error::Error", "std::io::Error"),
    ("tokio::runtime::task::error::JoinError", "tokio::task::JoinError"),
    ("tokio::time::error::Elapsed", "tokio::time::Elapsed"),
    ("tonic::status::Status", "tonic::Status"),
];

#[cfg(test)]
mod tests {
    use std::any::type_name;

    use super::*;

    #[test]
    fn a_type_is_called_as_users_write_it() {
        assert_eq!(public(type_name::<io::Error>()), "std::io::Error");
        assert_eq!(public(type_name::<std::fmt::Error>()), "std::fmt::Error");
        assert_eq!(public(type_name::<ParseIntError>()), "std::num::ParseIntError");
        assert_eq!(public(type_name::<ParseFloatError>()), "std::num::ParseFloatError");
        assert_eq!(public(type_name::<Utf8Error>()), "std::str::Utf8Error");
        assert_eq!(public(type_name::<AddrParseError>()), "std::net::AddrParseError");
        assert_eq!(public("sqlx_core::error::Error"), "sqlx::Error");
        assert_eq!(public("shop::Wrapped<alloc::vec::Vec<u8>>"), "shop::Wrapped");
    }

    #[test]
    fn a_standard_error_behind_dyn_has_its_full_name() {
        assert_eq!(full(&"x".parse::<u8>().unwrap_err()).as_deref(), Some("std::num::ParseIntError"));
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(full(&refused).as_deref(), Some("std::io::Error::ConnectionRefused"));
        assert_eq!(full(&*Box::<dyn Error>::from("a")), None);
    }
}
