mod channel;
mod codec;
mod metadata;
mod status;

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use ::http::uri::PathAndQuery;
use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};
use tonic::{Request, client, codec::CompressionEncoding, metadata::MetadataMap};

use self::{
    channel::{Address, LazyChannel},
    codec::BytesCodec,
};
use super::{
    Compression, Target, TlsSettings, TransportError,
    answer::{MAX_RESPONSE, accepted, check_size, rejected},
    endpoint::{PerSignal, Secrets},
};

/// [OTLP over gRPC](https://opentelemetry.io/docs/specs/otlp/#otlpgrpc).
///
/// Signals with the same endpoint share one connection, which is made when the first batch is sent and
/// made again when it broke. Proxies are not supported.
///
/// ```
/// use otel_kit_core::{Signal, Transport};
/// use otel_kit_sdk::transport::{Grpc, Target, TlsSettings};
///
/// let targets = Signal::ALL.map(|signal| (signal, Target::new("http://localhost:4317")));
/// let grpc = Grpc::new(targets, &TlsSettings::new())?;
/// assert_eq!(grpc.destination(Signal::Traces), "http://localhost:4317 (grpc)");
/// # Ok::<_, otel_kit_sdk::transport::TransportError>(())
/// ```
pub struct Grpc {
    targets: PerSignal<Arc<Prepared>>,
}

impl Grpc {
    /// Sends each signal to its target.
    ///
    /// # Errors
    /// A URL or header that cannot be used, certificates that cannot be read, an `https` endpoint without
    /// the cargo feature `tls`. Nothing is connected yet.
    pub fn new(
        targets: impl IntoIterator<Item = (Signal, Target)>,
        tls: &TlsSettings,
    ) -> Result<Self, TransportError> {
        let mut channels: Vec<(Address, Arc<LazyChannel>)> = Vec::new();
        let targets = PerSignal::prepare(targets, |target| {
            let address = Address::of(&target)?;
            let known = channels.iter().find(|(known, _)| *known == address);
            let channel = match known {
                Some((_, channel)) => channel.clone(),
                None => Arc::new(LazyChannel::new(&address, tls)?),
            };
            channels.push((address.clone(), channel.clone()));
            Prepared::new(&target, &address, channel).map(Arc::new)
        })?;
        Ok(Self { targets })
    }
}

impl Transport for Grpc {
    fn send(&self, request: OtlpRequest) -> Sending {
        match self.targets.get(request.signal).cloned() {
            Some(target) => Box::pin(async move {
                let delivery = unwinding(Box::pin(deliver(&target, request))).await;
                target.secrets.mask(delivery)
            }),
            None => {
                let reason = format!("no endpoint for {}", request.signal.name());
                Box::pin(std::future::ready(rejected(reason)))
            }
        }
    }

    fn destination(&self, signal: Signal) -> String {
        self.targets
            .get(signal)
            .map_or_else(|| "nowhere".to_owned(), |target| format!("{} (grpc)", target.shown))
    }

    fn protocol(&self) -> &'static str {
        "grpc"
    }
}

impl fmt::Debug for Grpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let destinations = Signal::ALL.map(|signal| self.destination(signal));
        f.debug_tuple("Grpc").field(&destinations).finish()
    }
}

struct Prepared {
    channel: Arc<LazyChannel>,
    shown: String,
    metadata: MetadataMap,
    compression: Option<CompressionEncoding>,
    secrets: Secrets,
}

impl Prepared {
    fn new(target: &Target, address: &Address, channel: Arc<LazyChannel>) -> Result<Self, TransportError> {
        let compression = match target.compression {
            Compression::None => None,
            Compression::Gzip => Some(CompressionEncoding::Gzip),
            #[cfg(feature = "zstd")]
            Compression::Zstd => Some(CompressionEncoding::Zstd),
        };
        let metadata = metadata::of(target)?;
        Ok(Self { channel, shown: address.to_string(), metadata, compression, secrets: Secrets::of(target) })
    }
}

async fn deliver(target: &Prepared, request: OtlpRequest) -> Delivery {
    if let Err(too_large) = check_size(&request) {
        return too_large;
    }
    let mut grpc = client::Grpc::new(target.channel.get()).max_decoding_message_size(MAX_RESPONSE);
    if let Some(encoding) = target.compression {
        grpc = grpc.send_compressed(encoding);
    }
    if let Err(error) = grpc.ready().await {
        return Delivery::Unanswered { reason: super::answer::chain(&error) };
    }
    let mut message = Request::new(request.body);
    *message.metadata_mut() = target.metadata.clone();
    match grpc.unary(message, method(request.signal), BytesCodec).await {
        Ok(response) => accepted(&response.into_inner()),
        Err(status) => status::judge(&status),
    }
}

/// `tonic` panics over a `grpc-status-details-bin` that is no base64: that must not end the kit's thread.
async fn unwinding(mut sending: Pin<Box<impl Future<Output = Delivery>>>) -> Delivery {
    std::future::poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| sending.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(rejected("the receiver's answer cannot be read")))
    })
    .await
}

fn method(signal: Signal) -> PathAndQuery {
    PathAndQuery::from_static(match signal {
        Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    })
}
