use std::{fmt, sync::Arc};

use opentelemetry::{
    InstrumentationScope,
    metrics::{Meter, MeterProvider},
};
use opentelemetry_sdk::{
    Resource,
    metrics::{SdkMeterProvider, data::ResourceMetrics, reader::MetricReader},
};

use otel_kit_core::metrics::Snapshot;

use super::{
    catalogue::{Catalogue, Settings},
    meter::KitMeter,
    snapshot::snapshot,
};

/// The SDK's meter provider, with exemplars for every instrument.
///
/// Instruments are asked for and used as with any provider, through the plain OpenTelemetry API.
#[derive(Clone)]
pub struct KitMeterProvider {
    sdk: SdkMeterProvider,
    /// None if nobody reads what is measured.
    catalogue: Option<Arc<Catalogue>>,
}

impl KitMeterProvider {
    pub(crate) const fn new(sdk: SdkMeterProvider, catalogue: Option<Arc<Catalogue>>) -> Self {
        Self { sdk, catalogue }
    }

    /// A provider of its own, without a [`Pipeline`](crate::Pipeline), over a reader of the SDK's kind, which
    /// has to be cumulative.
    ///
    /// ```
    /// use opentelemetry::metrics::MeterProvider;
    /// use otel_kit_sdk::{metrics::KitMeterProvider, sdk::{Resource, metrics::ManualReader}};
    ///
    /// let meters = KitMeterProvider::with_reader(Resource::builder().build(), ManualReader::builder().build());
    /// meters.meter("shop").u64_counter("orders").build().add(1, &[]);
    /// ```
    #[must_use]
    pub fn with_reader(resource: Resource, reader: impl MetricReader) -> Self {
        let catalogue = Arc::new(Catalogue::new(Settings::default()));
        let sdk = catalogue.provider(resource).with_reader(reader).build();
        Self::new(sdk, Some(catalogue))
    }

    /// What a reader of this provider has collected, with its exemplars, as plain data.
    #[must_use]
    pub fn snapshot(&self, collected: &ResourceMetrics) -> Snapshot {
        match &self.catalogue {
            Some(catalogue) => snapshot(collected, catalogue),
            None => snapshot(collected, &Catalogue::new(Settings::default())),
        }
    }

    /// The provider inside. What is measured with its instruments has no exemplars.
    #[must_use]
    pub const fn get_ref(&self) -> &SdkMeterProvider {
        &self.sdk
    }
}

impl MeterProvider for KitMeterProvider {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        let sdk = self.sdk.meter_with_scope(scope.clone());
        match &self.catalogue {
            Some(catalogue) => Meter::new(Arc::new(KitMeter::new(sdk, scope, Arc::clone(catalogue)))),
            None => sdk,
        }
    }
}

impl fmt::Debug for KitMeterProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KitMeterProvider").field("sdk", &self.sdk).finish_non_exhaustive()
    }
}
