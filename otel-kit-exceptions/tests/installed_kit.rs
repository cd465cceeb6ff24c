//! With an installed kit, errors are recorded by a word. Alone in its process, since the kit is installed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use otel_kit_core::settings::ExceptionSettings;
use otel_kit_exceptions::{RecordError as _, RecordResult as _, record_dyn};

use support::rig;

/// The macro brings along all that it needs.
#[allow(clippy::disallowed_names, reason = "shadows what the macro uses")]
mod bare {
    #![no_implicit_prelude]

    pub(crate) fn take(error: &::std::fmt::Error) {
        ::otel_kit_exceptions::record!(error);
    }

    pub(crate) fn give(error: ::std::fmt::Error) {
        let closure = || ::otel_kit_exceptions::record!(error,);
        closure();
    }
}

#[test]
fn every_way_to_record_reaches_the_installed_kit() {
    let rig = rig(ExceptionSettings::default());
    assert!(rig.kit.clone().install().is_ok());
    std::fmt::Error.record();
    record_dyn(&std::fmt::Error);
    assert!("x".parse::<u8>().record_err().is_err());
    bare::take(&std::fmt::Error);
    bare::give(std::fmt::Error);

    let events = rig.events();
    assert_eq!(events.len(), 5);
    let culprit = |at: usize| events[at].attr("exception.group.culprit").as_str().unwrap_or_default();
    assert!(culprit(3).contains("bare::take"), "{:?}", culprit(3));
    assert!(culprit(4).contains("bare::give"), "{:?}", culprit(4));
    let fingerprints: std::collections::BTreeSet<_> =
        events.iter().filter_map(|event| event.attr("exception.fingerprint").as_str()).collect();
    // Typed and untyped in one place, another type, and two functions.
    assert!(fingerprints.len() >= 4, "{fingerprints:?}");
}
