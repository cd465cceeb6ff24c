//! A local span of `fastrace`, which knows texts alone. What its own thread does is not counted.

use std::{hint::black_box, process::ExitCode};

use fastrace::{
    Span,
    collector::{Config, Reporter, SpanContext, SpanRecord},
    local::LocalSpan,
};
use measure::Loop;
use span_input::{Order, order};

fn main() -> ExitCode {
    measure::main(&[("sampled", spans)])
}

fn spans(measured: Loop) {
    fastrace::set_reporter(Nowhere, Config::default());
    let root = Span::root("request", SpanContext::random());
    let _below = root.set_local_parent();
    measured.run(|| {
        let Order { id, items, customer, payment, gift } = order();
        let span = LocalSpan::enter_with_local_parent("place order").with_properties(|| {
            [
                ("id", id.to_string().into()),
                ("items", items.to_string().into()),
                ("customer", std::borrow::Cow::Borrowed(customer)),
                ("payment", payment.into()),
                ("gift", if gift { "true" } else { "false" }.into()),
            ]
        });
        drop(black_box(span));
    });
}

struct Nowhere;

impl Reporter for Nowhere {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        drop(black_box(spans));
    }
}
