//! Texts with values in them: labels and annotations of rules, subjects and bodies of messages.

mod defaults;
mod engine;
mod expander;
mod filters;
mod message;

pub(crate) use self::{
    defaults::{LINE, SLACK_TEXT, SLACK_TITLE},
    engine::{Engine, Kind, Template},
    expander::{Expander, RuleData, Text},
    message::MessageData,
};
