//! Once per error, however many layers come across it.

mod operation;
mod table;

pub(crate) use self::{
    operation::{Operation, OperationKind, operation_name},
    table::{Said, Seen},
};
