use super::Group;
use crate::operation::{Operation, Subject, measure};

pub(super) const GROUP: Group = Group { name: "log", measure: || measure(OPERATIONS) };

const OPERATIONS: &[Operation] = &[
    FLOOR.does(LINE, "line"),
    FMT.does(LINE, "line"),
    JSON_SUBSCRIBER.does(LINE, "line"),
    JSON_SUBSCRIBER_IDS.does(LINE, "ids"),
    BUNYAN.does(LINE, "line"),
    LOGFORTH.does(LINE, "line"),
    KIT.does(LINE, "line").at_most(3_500, Some(0)),
    KIT.does("the same, through the queue", "queued"),
    KIT.does("the same, names of ECS", "ecs"),
];

const LINE: &str = "a line of JSON";

const FLOOR: Subject = Subject::new("floor", "log-floor");
const FMT: Subject = Subject::new("tracing-subscriber 0.3, no ids", "log-fmt");
const JSON_SUBSCRIBER: Subject = Subject::new("json-subscriber 0.3, no ids", "log-json-subscriber");
const JSON_SUBSCRIBER_IDS: Subject = Subject::new("json-subscriber 0.3", "log-json-subscriber");
const BUNYAN: Subject = Subject::new("tracing-bunyan-formatter 0.3, no ids", "log-bunyan");
const LOGFORTH: Subject = Subject::new("logforth 0.29, lines of `log`", "log-logforth");
const KIT: Subject = Subject::new("otel-kit", "log-kit");
