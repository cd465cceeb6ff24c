use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "propagation", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    FLOOR.does("HTTP extract", "http-extract"),
    SDK.does("HTTP extract", "http-extract"),
    KIT.does("HTTP extract", "http-extract").at_most(1_300, None),
    FLOOR.does("HTTP inject", "http-inject").over("http-request"),
    SDK.does("HTTP inject", "http-inject").over("http-request"),
    KIT.does("HTTP inject", "http-inject").over("http-request").at_most(1_900, None),
    FLOOR.does("message extract", "message-extract"),
    SDK.does("message extract", "message-extract"),
    KIT.does("message extract", "message-extract").at_most(1_500, None),
    FLOOR.does("message inject", "message-inject").over("message"),
    SDK.does("message inject", "message-inject").over("message"),
    KIT.does("message inject", "message-inject").over("message").at_most(1_400, None),
    CONTAINER.does("baggage extract", "baggage"),
    SDK.does("baggage extract", "http-extract-baggage").over("http-extract-both"),
    KIT.does("baggage extract", "http-extract-baggage").over("http-extract").at_most(3_000, None),
    SDK.does("baggage inject, set here", "http-inject-baggage").over("http-inject-both"),
    KIT.does("baggage inject, set here", "http-inject-baggage").over("http-inject").at_most(2_000, None),
    SDK.does("baggage inject, passed on", "http-forward-baggage").over("http-inject-both"),
    KIT.does("baggage inject, passed on", "http-forward-baggage").over("http-inject").at_most(2_000, None),
];

const FLOOR: Subject = Subject::new("floor", "propagation-floor");
/// What no extractor can leave out: the API has no other way to hand baggage to the application.
const CONTAINER: Subject = Subject::new("the API's own `Baggage`", "propagation-floor");
const SDK: Subject = Subject::new("opentelemetry_sdk 0.33", "propagation-sdk");
const KIT: Subject = Subject::new("otel-kit", "propagation-kit");
