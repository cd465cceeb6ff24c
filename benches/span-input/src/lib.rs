//! A span with five fields, as an application makes it.

use std::hint::black_box;

use measure::Loop;

/// The values of the fields.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// A number.
    pub id: i64,
    /// How many.
    pub items: u64,
    /// Whose.
    pub customer: &'static str,
    /// How it is paid.
    pub payment: &'static str,
    /// Whether it is a present.
    pub gift: bool,
}

/// What the spans are about.
#[must_use]
pub fn order() -> Order {
    black_box(Order { id: 4711, items: 3, customer: "ada@shop.example", payment: "invoice", gift: false })
}

/// Makes, enters and closes the span.
pub fn spans(measured: Loop) {
    measured.run(|| {
        let Order { id, items, customer, payment, gift } = order();
        let span = tracing::info_span!("place order", id, items, customer, payment, gift);
        span.in_scope(|| black_box(()));
    });
}

/// The same with an event in it.
pub fn spans_with_event(measured: Loop) {
    measured.run(|| {
        let Order { id, items, customer, payment, gift } = order();
        let span = tracing::info_span!("place order", id, items, customer, payment, gift);
        span.in_scope(|| tracing::info!(id, "order placed"));
    });
}

/// Only the event, in one span.
pub fn events(measured: Loop) {
    let Order { id, items, customer, payment, gift } = order();
    let span = tracing::info_span!("place order", id, items, customer, payment, gift);
    span.in_scope(|| measured.run(|| tracing::info!(id = order().id, "order placed")));
}
