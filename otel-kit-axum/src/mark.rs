//! What an outer layer leaves in the request for the layers further in.

use std::sync::{Arc, OnceLock};

use axum::extract::MatchedPath;
use http::Extensions;
use opentelemetry::Context;
use otel_kit_core::{LogContext, semconv::attribute::HTTP_ROUTE};

use crate::scope::Scope;

/// Marks a request that has its span. Of no size, so that it costs no allocation of its own.
#[derive(Clone, Debug)]
struct Mark;

/// A route that a service was given by hand.
#[derive(Clone, Debug)]
struct NamedRoute(Arc<str>);

/// Tells the outer layer, which made the span, the route that a layer further in learns.
#[derive(Clone, Debug, Default)]
pub(crate) struct RouteCell(Arc<OnceLock<Box<str>>>);

impl RouteCell {
    /// The route, once it was told.
    pub(crate) fn told(&self) -> Option<&str> {
        self.0.get().map(|route| &**route)
    }
}

/// Template of the route that matched so far.
pub(crate) fn matched_route(extensions: &Extensions) -> Option<&str> {
    let named = || extensions.get::<NamedRoute>().map(|NamedRoute(route)| &**route);
    extensions.get().map(MatchedPath::as_str).or_else(named)
}

/// Names the route for everything further in.
pub(crate) fn name_route(extensions: &mut Extensions, route: &Arc<str>) {
    extensions.insert(NamedRoute(Arc::clone(route)));
}

/// Tells the route to the layer that made the span, if it waits for one; what is below runs with it.
pub(crate) fn told_scope(extensions: &Extensions) -> Scope {
    tell_route(extensions).map_or(Scope::Untouched, |route| {
        let fields = LogContext::current().with(HTTP_ROUTE, route.to_owned());
        Scope::Context(Context::map_current(|current| fields.in_context(current)))
    })
}

/// Marks the request. True if a layer further out has done so.
pub(crate) fn mark(extensions: &mut Extensions) -> bool {
    extensions.insert(Mark).is_some()
}

/// Where a layer further in will tell the route.
pub(crate) fn await_route(extensions: &mut Extensions) -> RouteCell {
    let cell = RouteCell::default();
    extensions.insert(cell.clone());
    cell
}

/// True if a layer further out made the span.
pub(crate) fn is_marked(extensions: &Extensions) -> bool {
    extensions.get::<Mark>().is_some()
}

/// Tells the layer that made the span the route, if it waits for one and there is one; answers that route.
fn tell_route(extensions: &Extensions) -> Option<&str> {
    let (cell, route) = (extensions.get::<RouteCell>()?, matched_route(extensions)?);
    cell.0.set(route.into()).is_ok().then_some(route)
}
