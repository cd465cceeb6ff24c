//! One aggregation for all readers: the SDK's, with exemplars for every instrument, users' own included.
//! Only up-down counters have none where they are bound to their attributes.

mod cache;
mod callback;
mod catalogue;
mod deltas;
mod exemplar;
mod instrument;
mod meter;
mod number;
mod provider;
mod slots;
mod snapshot;
mod stream;
mod view;

pub(crate) use self::{
    catalogue::{Catalogue, Settings},
    deltas::Deltas,
    snapshot::snapshot,
};
pub use self::{
    exemplar::ExemplarFilter,
    provider::KitMeterProvider,
    view::{Keep, View, ViewBuckets},
};

pub use crate::exporter::metrics_request;
