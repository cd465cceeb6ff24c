use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "exceptions", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    SENTRY.does("an error with a type, four deep", "captured"),
    SENTRY.does("an error that is only a text", "captured-opaque"),
    KIT.does("an error that is exported", "exported").over("request"),
    KIT.does("an error whose group has no budget left", "suppressed").over("request").at_most(2_000, Some(0)),
    KIT.does("the same, only a text", "suppressed-opaque").over("request").at_most(3_500, Some(0)),
    KIT.does("an error that was recorded further in", "again").over("request"),
];

const SENTRY: Subject = Subject::new("sentry 0.49, no stack", "exceptions-sentry");
const KIT: Subject = Subject::new("otel-kit", "exceptions-kit");
