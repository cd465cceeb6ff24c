use std::{any::Any, convert::Infallible, error::Error, fmt, panic::Location, sync::Arc};

use axum::{
    BoxError,
    response::{IntoResponse, IntoResponseParts, Response, ResponseParts},
};
use http::StatusCode;
use opentelemetry::Context;
use otel_kit_core::{
    exception::{Exception, Mechanism},
    semconv::event::HTTP_SERVER_REQUEST_EXCEPTION,
};

/// Tells the layer which error an answer stands for: an extension of the response, or a part of it.
///
/// An error becomes an answer in its `IntoResponse`, and there it would be lost. Handed over, it reaches the
/// kit's [exception sinks](otel_kit_core::exception) with the request's context, sampled or not; the layer
/// takes it out of the response, and nothing of it goes to the client or onto the span. Whether the span is
/// an error depends on the status alone.
///
/// ```
/// use axum::{http::StatusCode, response::{IntoResponse, Response}};
/// use otel_kit_axum::HandlerError;
///
/// #[derive(Debug)]
/// struct OutOfStock(u32);
/// # impl std::fmt::Display for OutOfStock {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{} is out of stock", self.0) }
/// # }
/// # impl std::error::Error for OutOfStock {}
///
/// impl IntoResponse for OutOfStock {
///     fn into_response(self) -> Response {
///         (StatusCode::SERVICE_UNAVAILABLE, HandlerError::new(self), "sorry").into_response()
///     }
/// }
/// ```
#[derive(Clone)]
pub struct HandlerError(Arc<Inner>);

struct Inner {
    what: What,
    mechanism: Mechanism,
    type_name: Option<&'static str>,
    location: &'static Location<'static>,
}

enum What {
    Error(BoxError),
    Message(Option<String>),
}

impl HandlerError {
    /// Hands over an error, its type and the place of this call.
    #[track_caller]
    pub fn new<E: Error + Send + Sync + 'static>(error: E) -> Self {
        Self::of(What::Error(Box::new(error)), Mechanism::Handler, Some(std::any::type_name::<E>()))
    }

    /// Hands over an error whose type is hidden, such as a `Box<dyn Error + Send + Sync>` or `anyhow::Error`.
    #[track_caller]
    pub fn from_boxed(error: impl Into<BoxError>) -> Self {
        Self::of(What::Error(error.into()), Mechanism::Handler, None)
    }

    /// Hands over a panic that a layer further in caught, as tower-http's `CatchPanicLayer::custom` does; its
    /// message is known if it is a text.
    ///
    /// ```
    /// use std::any::Any;
    /// use axum::{http::StatusCode, response::{IntoResponse, Response}};
    /// use otel_kit_axum::HandlerError;
    ///
    /// fn answer(panic: Box<dyn Any + Send>) -> Response {
    ///     (StatusCode::INTERNAL_SERVER_ERROR, HandlerError::from_panic(&*panic)).into_response()
    /// }
    /// # use tower_http::catch_panic::CatchPanicLayer;
    /// let app: axum::Router = axum::Router::new()
    ///     .layer(CatchPanicLayer::custom(answer))
    ///     .layer(otel_kit_axum::OtelLayer::new());
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        Self::of(What::Message(text), Mechanism::Panic, Some(PANIC))
    }

    #[track_caller]
    fn of(what: What, mechanism: Mechanism, type_name: Option<&'static str>) -> Self {
        Self(Arc::new(Inner { what, mechanism, type_name, location: Location::caller() }))
    }

    pub(crate) fn exception<'a>(&'a self, status: StatusCode, context: &'a Context) -> Exception<'a> {
        let inner = &*self.0;
        let mut exception = Exception::new(HTTP_SERVER_REQUEST_EXCEPTION, inner.mechanism, context)
            .with_location(inner.location)
            .with_handled(!status.is_server_error());
        if let Some(type_name) = inner.type_name {
            exception = exception.with_type_name(type_name);
        }
        match &inner.what {
            What::Error(error) => exception.with_error(&**error),
            What::Message(Some(text)) => exception.with_message(text),
            What::Message(None) => exception,
        }
    }
}

impl IntoResponseParts for HandlerError {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}

/// An empty answer with status 500, or another one in a tuple: `(StatusCode::BAD_GATEWAY, error)`.
impl IntoResponse for HandlerError {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self, ()).into_response()
    }
}

/// Without the error's own text: a log line of a response is no place for it.
impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerError").field("type_name", &self.0.type_name).finish_non_exhaustive()
    }
}

/// `exception.type` of a panic.
pub(crate) const PANIC: &str = "panic";
