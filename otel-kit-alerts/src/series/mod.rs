//! The series that rules select: which they are, what labels their alerts have, and their histories.

mod groups;
mod labels;
mod points;
mod selection;
mod sighting;
mod store;
mod text;
mod tracked;

pub(crate) use self::{
    groups::{Group, Member},
    labels::{Labels, fingerprint, label_name, labels_of, underscored},
    selection::Selection,
    sighting::Sighting,
    store::{Place, Store},
    tracked::Tracked,
};
