use std::{any::TypeId, borrow::Cow, error::Error, panic::Location};

use opentelemetry::Context;

/// What is known of one exception: the error or a message, where it came from, and the operation that it hit.
///
/// See the [conventions](https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/) for what
/// becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Exception<'a> {
    event_name: &'static str,
    mechanism: Mechanism,
    context: &'a Context,
    error: Option<&'a (dyn Error + 'static)>,
    message: Option<&'a str>,
    type_name: Option<&'static str>,
    type_id: Option<TypeId>,
    location: Option<&'static Location<'static>>,
    function: Option<&'static str>,
    stack: Option<&'a str>,
    is_handled: bool,
    is_fatal: bool,
}

/// How an exception came to light.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mechanism {
    /// A handler answered with it.
    Handler,
    /// The body of an answer failed on its way out.
    Body,
    /// The wrapped service gave it back.
    Service,
    /// Something unwound.
    Panic,
    /// The application recorded it itself.
    Manual,
    /// A log event carried it.
    Log,
    /// A call to another service or a database failed with it.
    Client,
}

impl Mechanism {
    /// Lower-case word: `handler`, `body`, `service`, `panic`, `manual`, `log`, `client`.
    ///
    /// ```
    /// assert_eq!(otel_kit_core::exception::Mechanism::Panic.name(), "panic");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Body => "body",
            Self::Service => "service",
            Self::Panic => "panic",
            Self::Manual => "manual",
            Self::Log => "log",
            Self::Client => "client",
        }
    }
}

impl<'a> Exception<'a> {
    /// An exception of the operation whose span is in `context`. `event_name` is that of the operation, see
    /// [`semconv::event`](crate::semconv::event).
    #[must_use]
    pub const fn new(event_name: &'static str, mechanism: Mechanism, context: &'a Context) -> Self {
        Self {
            event_name,
            mechanism,
            context,
            error: None,
            message: None,
            type_name: None,
            type_id: None,
            location: None,
            function: None,
            stack: None,
            is_handled: false,
            is_fatal: false,
        }
    }

    /// With the error itself.
    #[must_use]
    pub const fn with_error(mut self, error: &'a (dyn Error + 'static)) -> Self {
        self.error = Some(error);
        self
    }

    /// With a message, where there is no error that has one.
    #[must_use]
    pub const fn with_message(mut self, message: &'a str) -> Self {
        self.message = Some(message);
        self
    }

    /// With the type of the error as the compiler writes it: only generic code knows it.
    #[must_use]
    pub const fn with_type_name(mut self, type_name: &'static str) -> Self {
        self.type_name = Some(type_name);
        self
    }

    /// With the identity of the error's type: only generic code knows it.
    #[must_use]
    pub const fn with_type_id(mut self, type_id: TypeId) -> Self {
        self.type_id = Some(type_id);
        self
    }

    /// With the path of the function in which it was caught, as the compiler writes it.
    #[must_use]
    pub const fn with_function(mut self, function: &'static str) -> Self {
        self.function = Some(function);
        self
    }

    /// With the text of a stack trace that the error brings along.
    #[must_use]
    pub const fn with_stack(mut self, stack: &'a str) -> Self {
        self.stack = Some(stack);
        self
    }

    /// Whether the process ends by it.
    #[must_use]
    pub const fn with_fatal(mut self, is_fatal: bool) -> Self {
        self.is_fatal = is_fatal;
        self
    }

    /// With the place in the source where it was caught.
    #[must_use]
    pub const fn with_location(mut self, location: &'static Location<'static>) -> Self {
        self.location = Some(location);
        self
    }

    /// Whether somebody dealt with it, so that the operation itself did not fail.
    #[must_use]
    pub const fn with_handled(mut self, is_handled: bool) -> Self {
        self.is_handled = is_handled;
        self
    }

    /// Name of the event that tells of it, such as `http.server.request.exception`.
    #[must_use]
    pub const fn event_name(&self) -> &'static str {
        self.event_name
    }

    /// How it came to light.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The operation's context: its span, sampled or not, and the fields of its log lines.
    #[must_use]
    pub const fn context(&self) -> &'a Context {
        self.context
    }

    /// The error, with what is behind it ([`source`](Error::source)).
    #[must_use]
    pub const fn error(&self) -> Option<&'a (dyn Error + 'static)> {
        self.error
    }

    /// The message: that which was given, else that of the error. It may hold anything, secrets included.
    #[must_use]
    pub fn message(&self) -> Option<Cow<'a, str>> {
        let given = self.message.map(Cow::Borrowed);
        given.or_else(|| self.error.map(|error| Cow::Owned(error.to_string())))
    }

    /// The error's type as the compiler writes it, where it is known: `my_service::OutOfStock`.
    #[must_use]
    pub const fn type_name(&self) -> Option<&'static str> {
        self.type_name
    }

    /// The identity of the error's type, where it is known.
    #[must_use]
    pub const fn type_id(&self) -> Option<TypeId> {
        self.type_id
    }

    /// The function in which it was caught, where it is known: `my_service::orders::take`.
    #[must_use]
    pub const fn function(&self) -> Option<&'static str> {
        self.function
    }

    /// The stack trace that the error brought along, if it did.
    #[must_use]
    pub const fn stack(&self) -> Option<&'a str> {
        self.stack
    }

    /// True if the process ends by it.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        self.is_fatal
    }

    /// The place in the source where it was caught, where it is known.
    #[must_use]
    pub const fn location(&self) -> Option<&'static Location<'static>> {
        self.location
    }

    /// True if the operation did not fail by it, such as a request that was answered with a status below 500.
    #[must_use]
    pub const fn is_handled(&self) -> bool {
        self.is_handled
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[test]
    fn the_message_is_the_one_given_or_else_that_of_the_error() {
        let context = Context::new();
        let exception = Exception::new("a.exception", Mechanism::Body, &context);
        assert_eq!(exception.message(), None);
        let exception = exception.with_error(&fmt::Error);
        assert_eq!(exception.message(), Some(fmt::Error.to_string().into()));
        assert_eq!(exception.with_message("gone").message(), Some("gone".into()));
    }
}
