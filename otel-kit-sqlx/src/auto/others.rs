//! Whether anybody else wants what sqlx logs.
//!
//! Filters of single layers are no use against work that nobody wants: where they change their answers, an event counts
//! as wanted even while all of them say no. So one layer has to speak for all. What the others say, is asked with call
//! sites that look like sqlx's and that this crate's own layer has no interest in.

use tracing::{Level, Metadata, metadata::Kind};
use tracing_core::{
    callsite::{Callsite, DefaultCallsite},
    identify_callsite, metadata,
};

use super::filter::TARGET;

macro_rules! probes {
    ($($name:ident: $level:ident,)*) => {
        $(mod $name {
            use super::*;

            static METADATA: Metadata<'static> = metadata! {
                name: NAME,
                target: TARGET,
                level: Level::$level,
                fields: &[],
                callsite: &CALLSITE,
                kind: Kind::EVENT,
            };
            pub(super) static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);
        })*

        fn all() -> impl Iterator<Item = &'static DefaultCallsite> {
            [$(&$name::CALLSITE,)*].into_iter()
        }
    };
}

probes! {
    error: ERROR,
    warn: WARN,
    info: INFO,
    debug: DEBUG,
}

/// Makes the call sites known, so that each subscriber to come says what it makes of them. In the middle of an event it
/// would be too late for that.
pub(super) fn make_known() {
    all().for_each(|probe| {
        probe.interest();
    });
}

/// True if another layer may want what sqlx logs at this level.
pub(super) fn want(level: &Level) -> bool {
    all().find(|probe| probe.metadata().level() == level).is_none_or(|probe| !probe.interest().is_never())
}

/// True for the call sites that are there to ask.
pub(super) fn is_probe(metadata: &Metadata<'_>) -> bool {
    all().any(|probe| identify_callsite!(probe) == metadata.callsite())
}

const NAME: &str = "event of a statement";
