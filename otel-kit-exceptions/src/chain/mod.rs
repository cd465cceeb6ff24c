//! An error and what is behind it: as a cheap shape for every error, with names and messages for those exported.

mod known;
mod names;
mod prefix;
mod shape;
mod text;

use std::{error::Error, io, iter};

pub(crate) use self::{
    names::Names,
    prefix::Prefix,
    shape::{Shape, hash_of},
    text::Text,
};

/// A plain type name, as the compiler writes it, as people know it: without generic arguments, by its public path.
pub(crate) fn public_name(type_name: &str) -> String {
    known::public(type_name)
}

/// The error and what is behind it, outermost first.
pub(crate) fn links<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let next = |link: &&'a (dyn Error + 'static)| behind(*link, link.downcast_ref());
    iter::successors(Some(error), next).take(MOST_LINKS)
}

/// What the error is about; `io` is the same error. An I/O error's `source` leaves out the error it was made of.
fn behind<'a>(
    error: &'a (dyn Error + 'static),
    io: Option<&'a io::Error>,
) -> Option<&'a (dyn Error + 'static)> {
    match io {
        Some(io) => io.get_ref().map(|inner| inner as _),
        None => error.source(),
    }
}

/// A chain that comes back to itself has no end.
const MOST_LINKS: usize = 50;
