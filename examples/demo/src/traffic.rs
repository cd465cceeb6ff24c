use std::time::Duration;

use futures_util::{StreamExt, stream};
use otel_kit::{
    Guard,
    opentelemetry::{
        Context, KeyValue,
        trace::{FutureExt, Span, TraceContextExt, Tracer, TracerProvider},
    },
    reqwest::{ClientBuilder, ClientWithMiddleware, OtelMiddleware},
};

use crate::{
    Result,
    fleet::telemetry_variables,
    kind::{ATTRIBUTE, Kind, Sent},
};

/// Requests under way at the same time.
const AT_ONCE: usize = 8;

/// The client side: a traced process like all the others, with telemetry of its own and no global.
pub struct Traffic {
    telemetry: Guard,
    client: ClientWithMiddleware,
}

impl Traffic {
    pub fn new(endpoint: &str, protocol: &str) -> Result<Self> {
        let variables = telemetry_variables(endpoint, protocol);
        let telemetry = otel_kit::builder()
            .environment(move |name| {
                variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            })
            .service_name("demo")
            .build()?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        let client = ClientBuilder::new(client).with(OtelMiddleware::new().with(telemetry.kit())).build();
        Ok(Self { telemetry, client })
    }

    /// Sends `count` requests: good, failing, slow, and aborted after the head.
    pub async fn send(&self, gateway: &str, count: usize) -> Result<Vec<Sent>> {
        let mut answers = stream::iter(0..count)
            .map(|number| self.one(gateway, Kind::of(number)))
            .buffer_unordered(AT_ONCE);
        let mut sent = Vec::with_capacity(count);
        while let Some(answer) = answers.next().await {
            sent.push(answer?);
            if sent.len() % 50 == 0 || sent.len() == count {
                println!("{} of {count} requests answered", sent.len());
            }
        }
        Ok(sent)
    }

    /// Hands over what is not exported yet.
    pub async fn stop(self) {
        let _ = self.telemetry.shutdown_async(Duration::from_secs(5)).await; // what is lost, the verdict sees
    }

    async fn one(&self, gateway: &str, kind: Kind) -> Result<Sent> {
        let mut span = self.telemetry.tracer_provider().tracer("demo").start("request");
        span.set_attribute(KeyValue::new(ATTRIBUTE, format!("{kind:?}")));
        let context = Context::new().with_span(span);
        let trace_id = context.span().span_context().trace_id().to_string();
        let url = format!("{gateway}{}", kind.path());
        let answer = self.client.get(url).send().with_context(context.clone()).await?;
        let status = answer.status().as_u16();
        if kind == Kind::Aborted {
            drop(answer); // after the head; the rest of the body is never read
        } else {
            answer.bytes().await?;
        }
        context.span().end();
        if status == kind.status() {
            Ok(Sent { trace_id, kind })
        } else {
            Err(format!("{} answered {status} instead of {}", kind.path(), kind.status()).into())
        }
    }
}
