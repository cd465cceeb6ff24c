use std::{
    any::{Any, type_name},
    error::Error,
};

use axum::BoxError;
use opentelemetry::Context;
use otel_kit_core::{
    exception::{Exception, Mechanism},
    operation::Outcome,
    semconv::{attribute::OTHER, event::HTTP_SERVER_REQUEST_EXCEPTION},
};

use crate::handler_error::PANIC;

/// An error that ends a request: its word for the span, and what sinks are told.
#[derive(Clone, Copy)]
pub(crate) struct Failure<'a> {
    mechanism: Mechanism,
    error_type: &'static str,
    error: Option<&'a (dyn Error + 'static)>,
    type_name: Option<&'static str>,
}

impl<'a> Failure<'a> {
    /// The inner service gave this error back.
    pub(crate) fn of_service<E: 'static>(error: &'a E) -> Self {
        let boxed = (error as &dyn Any).downcast_ref::<BoxError>();
        let type_name = known_type::<E>();
        Self {
            mechanism: Mechanism::Service,
            error_type: type_name.unwrap_or(OTHER),
            error: boxed.map(|error| &**error as &(dyn Error + 'static)),
            type_name,
        }
    }

    /// A body failed with this error, which was one of type `E`.
    pub(crate) fn of_body<E>(error: &'a BoxError) -> Self {
        let is_wrapped = type_name::<E>() == type_name::<axum::Error>();
        let type_name = known_type::<E>().filter(|_| !is_wrapped);
        Self { mechanism: Mechanism::Body, error_type: BODY_ERROR, error: Some(&**error), type_name }
    }

    /// What sinks are told.
    pub(crate) fn exception(self, context: &'a Context) -> Exception<'a> {
        let mut exception = Exception::new(HTTP_SERVER_REQUEST_EXCEPTION, self.mechanism, context);
        if let Some(error) = self.error {
            exception = exception.with_error(error);
        }
        match self.type_name {
            Some(type_name) => exception.with_type_name(type_name),
            None => exception,
        }
    }

    pub(crate) const fn outcome(self) -> Outcome {
        Outcome::Failure(std::borrow::Cow::Borrowed(self.error_type))
    }
}

/// What is known of a panic that unwinds through the layer: its message went to the panic hook.
pub(crate) const fn panic_in(context: &Context) -> Exception<'_> {
    Exception::new(HTTP_SERVER_REQUEST_EXCEPTION, Mechanism::Panic, context).with_type_name(PANIC)
}

/// The name of a type, unless it says nothing.
fn known_type<E>() -> Option<&'static str> {
    Some(type_name::<E>()).filter(|name| !name.contains("dyn "))
}

/// `error.type` where a body failed after a response without fault: axum's bodies have but one error type.
const BODY_ERROR: &str = "body_error";

#[cfg(test)]
mod tests {
    use std::{fmt, io};

    use super::*;

    #[test]
    fn an_error_of_a_service_is_named_by_its_type_and_a_boxed_one_by_the_fallback_but_tells_more() {
        let (plain, boxed) = (fmt::Error, BoxError::from("gone"));
        let (plain, boxed) = (Failure::of_service(&plain), Failure::of_service(&boxed));
        assert_eq!(plain.outcome(), Outcome::failure("core::fmt::Error"));
        assert_eq!(plain.type_name, Some("core::fmt::Error"));
        assert_eq!(boxed.outcome(), Outcome::failure("_OTHER"));
        assert_eq!((boxed.type_name, boxed.error.unwrap().to_string()), (None, "gone".to_owned()));
    }

    #[test]
    fn an_error_of_a_body_has_its_type_unless_it_is_hidden() {
        let error = BoxError::from("gone");
        assert_eq!(Failure::of_body::<io::Error>(&error).type_name, Some("std::io::error::Error"));
        assert_eq!(Failure::of_body::<axum::Error>(&error).type_name, None);
        assert_eq!(Failure::of_body::<BoxError>(&error).type_name, None);
    }
}
