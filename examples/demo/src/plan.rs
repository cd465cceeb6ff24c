use otel_kit::opentelemetry::trace::SpanKind;
use otel_kit_testing::received::{Received, ReceivedSpan};

use crate::{
    kind::{Kind, Sent},
    service,
};

/// The traces that have every span that their call plan expects, below the right parents, and no other.
pub fn complete<'a>(received: &Received, sent: &'a [Sent]) -> Vec<&'a Sent> {
    sent.iter().filter(|sent| expected(received, sent) == outline(&received.trace(&sent.trace_id))).collect()
}

/// Whether a trace has spans of all services.
pub fn visits_all(received: &Received, sent: &Sent) -> bool {
    let spans = received.trace(&sent.trace_id);
    service::names().all(|name| spans.iter().any(|span| span.service() == name))
}

/// The call plan of a request as text, a line for each span, indented by depth.
pub fn expected(received: &Received, sent: &Sent) -> String {
    let spans = received.trace(&sent.trace_id);
    let plan = if sent.kind == Kind::Aborted { export() } else { order(sent.kind, stock_was_asked(&spans)) };
    let mut text = String::new();
    plan.write(0, &mut text);
    text
}

/// The spans of a trace as text of the same form.
pub fn outline(spans: &[&ReceivedSpan]) -> String {
    let mut text = String::new();
    for root in spans.iter().filter(|span| span.is_root()) {
        node_of(root, spans).write(0, &mut text);
    }
    text
}

/// The breaker decides at run time whether B is asked; service A says what it decided.
fn stock_was_asked(spans: &[&ReceivedSpan]) -> bool {
    let fallback = spans.iter().find_map(|span| span.event(service_a::FALLBACK));
    fallback.is_none_or(|event| event.attr("reason") == "failed")
}

fn order(kind: Kind, stock_was_asked: bool) -> Node {
    let prices = client(
        "service-a",
        server("service-d", "GET /prices/{product}", vec![internal("service-d", "look_up")]),
    );
    let payments = client("service-a", server("third-party", "GET /payments/{customer}", vec![]));
    let mut steps = vec![find_order(), prices, payments];
    if stock_was_asked {
        steps.push(client("service-a", stock(kind)));
    }
    through_the_gateway("GET /orders/{id}", steps)
}

/// Service B counts, and tells service C; not what it could not count.
fn stock(kind: Kind) -> Node {
    let mut steps = vec![internal("service-b", "count stock")];
    if kind != Kind::StockBroken {
        let keep = Node::new("service-c", "INSERT stock_counts", &SpanKind::Client, vec![]);
        let process = Node::new("service-c", "process stock-counts", &SpanKind::Consumer, vec![keep]);
        steps.push(Node::new("service-b", "send stock-counts", &SpanKind::Producer, vec![process]));
    }
    server("service-b", "GET /stock/{product}", steps)
}

fn export() -> Node {
    through_the_gateway("GET /orders/{id}/export", vec![find_order()])
}

fn find_order() -> Node {
    Node::new("service-a", "SELECT orders users products", &SpanKind::Client, vec![])
}

fn through_the_gateway(route: &str, calls: Vec<Node>) -> Node {
    let orders = server("service-a", route, calls);
    let gateway = server("api-gateway", route, vec![client("api-gateway", orders)]);
    Node { children: vec![client("demo", gateway)], ..internal("demo", "request") }
}

fn client(service: &str, callee: Node) -> Node {
    Node::new(service, "GET", &SpanKind::Client, vec![callee])
}

fn server(service: &str, route: &str, children: Vec<Node>) -> Node {
    Node::new(service, route, &SpanKind::Server, children)
}

fn internal(service: &str, name: &str) -> Node {
    Node::new(service, name, &SpanKind::Internal, vec![])
}

fn node_of(span: &ReceivedSpan, all: &[&ReceivedSpan]) -> Node {
    let children =
        all.iter().filter(|child| child.is_child_of(span)).map(|child| node_of(child, all)).collect();
    Node::new(span.service(), &span.name, &span.kind, children)
}

struct Node {
    title: String,
    children: Vec<Self>,
}

impl Node {
    fn new(service: &str, name: &str, kind: &SpanKind, children: Vec<Self>) -> Self {
        Self { title: format!("{service} {kind:?} {name}"), children }
    }

    /// Siblings in the order of their texts: calls may go out in any order.
    fn write(&self, depth: usize, text: &mut String) {
        *text += &format!("{:indent$}{}\n", "", self.title, indent = depth * 2);
        let mut below: Vec<String> = self
            .children
            .iter()
            .map(|child| {
                let mut text = String::new();
                child.write(depth + 1, &mut text);
                text
            })
            .collect();
        below.sort();
        text.extend(below);
    }
}
