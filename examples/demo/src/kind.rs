use otel_kit_testing::received::{Received, Value};

/// Attribute of the root span that tells the kind of its request.
pub(crate) const ATTRIBUTE: &str = "demo.kind";

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Id of its trace.
    pub trace_id: String,
    /// What it asked for.
    pub kind: Kind,
}

impl Sent {
    /// The requests whose root spans arrived.
    pub fn of(received: &Received) -> Vec<Self> {
        let roots = received.spans().iter().filter(|span| span.is_root());
        roots
            .filter_map(|root| match root.attr(ATTRIBUTE) {
                Value::String(kind) => {
                    Some(Self { trace_id: root.trace_id.clone(), kind: Kind::named(kind)? })
                }
                _ => None,
            })
            .collect()
    }
}

/// What a request asks for, and so how it goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// All goes well.
    Good,
    /// The payment API is in maintenance.
    Failing,
    /// Service D takes its time.
    Slow,
    /// Service B fails; after three in a row it is not asked any more.
    StockBroken,
    /// The client reads the head of the answer and goes.
    Aborted,
}

impl Kind {
    /// The kind of request `number`: mostly good ones, and a row of failures that opens the breaker.
    pub const fn of(number: usize) -> Self {
        match number % 100 {
            40..60 => Self::StockBroken,
            rest => match rest % 10 {
                3 => Self::Failing,
                6 => Self::Slow,
                9 => Self::Aborted,
                _ => Self::Good,
            },
        }
    }

    /// The path to ask the gateway for.
    pub fn path(self) -> String {
        match self {
            Self::Good => "/orders/1".to_owned(),
            Self::Failing => format!("/orders/{}", third_party::CUSTOMER_IN_MAINTENANCE),
            Self::Slow => format!("/orders/{}", service_d::SLOW_PRODUCT),
            Self::StockBroken => format!("/orders/{}", service_b::BROKEN_PRODUCT),
            Self::Aborted => "/orders/1/export".to_owned(),
        }
    }

    /// The status of the gateway's answer.
    pub const fn status(self) -> u16 {
        if matches!(self, Self::Failing) { 502 } else { 200 }
    }

    /// Reads what [`ATTRIBUTE`] says.
    fn named(name: &str) -> Option<Self> {
        let all = [Self::Good, Self::Failing, Self::Slow, Self::StockBroken, Self::Aborted];
        all.into_iter().find(|kind| name == format!("{kind:?}"))
    }
}
