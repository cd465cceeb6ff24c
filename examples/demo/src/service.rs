use axum::Router;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::Result;

/// One of the services: its name and the configuration file of its template.
struct Template {
    name: &'static str,
    config: &'static str,
}

const TEMPLATES: [Template; 6] = [
    Template { name: "third-party", config: include_str!("../../third-party/otel-kit.yaml") },
    Template { name: "service-d", config: include_str!("../../service-d/otel-kit.yaml") },
    Template { name: "service-c", config: include_str!("../../service-c/otel-kit.yaml") },
    Template { name: "service-b", config: include_str!("../../service-b/otel-kit.yaml") },
    Template { name: "service-a", config: include_str!("../../service-a/otel-kit.yaml") },
    Template { name: "api-gateway", config: include_str!("../../api-gateway/otel-kit.yaml") },
];

/// All services, each after those that it calls.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|template| template.name)
}

/// Runs a service in this process until its standard input ends: so it never outlives the demo.
pub async fn run(name: &str) -> Result<()> {
    let template = TEMPLATES
        .iter()
        .find(|template| template.name == name)
        .ok_or_else(|| format!("no service {name}"))?;
    let _telemetry =
        otel_kit::builder().config_text(format!("{name}/otel-kit.yaml"), template.config).init()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let stop = end_of_input().boxed().shared();
    let (router, work) = parts(name, stop.clone()).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let server = axum::serve(listener, router).with_graceful_shutdown(stop).into_future();
    let (served, ()) = tokio::join!(server, work);
    Ok(served?)
}

/// The router of a service, and what it does besides.
async fn parts(
    name: &str,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(Router, BoxFuture<'static, ()>)> {
    let router = match name {
        "api-gateway" => api_gateway::router(url_of("service-a")?),
        "service-a" => {
            let urls = service_a::Urls {
                stock: url_of("service-b")?,
                prices: url_of("service-d")?,
                payments: url_of("third-party")?,
            };
            service_a::router(urls, service_a::Database::open(&variable("DATABASE_URL")?).await?)
        }
        "service-b" => service_b::router(service_b::Events::new(&variable("KAFKA_BROKERS")?)?),
        "service-c" => {
            let database = service_c::Database::open(&variable("DATABASE_URL")?).await?;
            let counts = service_c::Counts::new(&variable("KAFKA_BROKERS")?, database)?;
            let work = counts.clone();
            return Ok((service_c::router(counts), async move { work.consume(stop).await }.boxed()));
        }
        "service-d" => service_d::router(),
        _ => third_party::router(),
    };
    Ok((router, std::future::ready(()).boxed()))
}

/// Name of the variable that tells a service where another one listens.
pub fn url_variable(name: &str) -> String {
    format!("{}_URL", name.to_uppercase().replace('-', "_"))
}

fn url_of(name: &str) -> Result<String> {
    variable(&url_variable(name))
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(|_| format!("{name} is not set").into())
}

async fn end_of_input() {
    let mut rest = [0; 64];
    let mut input = tokio::io::stdin();
    tokio::select! {
        () = async { while matches!(input.read(&mut rest).await, Ok(1..)) {} } => {}
        () = otel_kit::shutdown_signal() => {}
    }
}
