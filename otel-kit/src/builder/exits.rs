//! Where a builder leads to.

use std::panic::Location;

use tracing::{Dispatch, Subscriber};
use tracing_subscriber::{Layer, layer::SubscriberExt, registry, registry::LookupSpan};

use super::Builder;
use crate::{
    Guard, InitError,
    announce::{announce, announce_here},
    assemble::assemble,
    first::Claim,
    install,
};

impl Builder {
    /// Installs everything: the global OpenTelemetry providers and propagator, the kit that adapters use, and
    /// the `tracing` subscriber (with the `log` crate behind it). It lasts until the guard is dropped.
    ///
    /// It says in one line what goes where, and warns of each variable that cannot be used.
    ///
    /// ```
    /// let _telemetry = otel_kit::builder().service_name("checkout").init()?;
    /// assert!(otel_kit::Kit::global().is_some());
    /// assert!(otel_kit::builder().init().unwrap_err().to_string().contains("initialised already at"));
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    ///
    /// # Errors
    /// If the configuration cannot be used, a part cannot start, or the process has been initialised or has a
    /// `tracing` subscriber already. Then nothing is changed, and it may be tried again.
    #[track_caller]
    pub fn init(self) -> Result<Guard, InitError> {
        let claim = Claim::take(Location::caller())?;
        install::no_subscriber_yet()?;
        let assembled = assemble(self)?;
        let subscriber = install::subscriber(&assembled)?;
        install::globals(&assembled, claim);
        announce(&assembled, &subscriber);
        Ok(Guard::new(assembled))
    }

    /// As [`init`](Self::init), but leaves the `tracing` subscriber to you: add the layer to yours, directly
    /// on its registry. It writes log lines, too; if yours does that already, give them a
    /// [`log_output`](Self::log_output) that drops them, and only spans and log records are left.
    ///
    /// Records of the `log` crate come along if your subscriber or
    /// [`install_log_bridge`](crate::logging::install_log_bridge) sees to it.
    ///
    /// ```
    /// use tracing_subscriber::{layer::SubscriberExt, registry};
    ///
    /// let (layer, _telemetry) = otel_kit::builder().log_output(std::io::sink()).init_layer()?;
    /// otel_kit::tracing::subscriber::set_global_default(registry().with(layer))?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`init`](Self::init), except that a subscriber may be there.
    #[track_caller]
    pub fn init_layer<S>(self) -> Result<(impl Layer<S> + Send + Sync + use<S>, Guard), InitError>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let claim = Claim::take(Location::caller())?;
        let assembled = assemble(self)?;
        install::globals(&assembled, claim);
        // The layer is not in a subscriber yet.
        announce(&assembled, &Dispatch::new(registry().with(assembled.lines())));
        Ok((assembled.layer(), Guard::new(assembled)))
    }

    /// Touches nothing global: for tests, and for several telemetries in one process. Adapters get
    /// [`Guard::kit`], a subscriber gets [`Guard::layer`].
    ///
    /// What `init` says at start goes to the `tracing` subscriber that is there, if there is one.
    ///
    /// ```
    /// let ours = otel_kit::builder().service_name("ours").build()?;
    /// let theirs = otel_kit::builder().service_name("theirs").build()?;
    /// assert!(otel_kit::Kit::global().is_none());
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    ///
    /// # Errors
    /// If the configuration cannot be used or a part cannot start.
    pub fn build(self) -> Result<Guard, InitError> {
        let assembled = assemble(self)?;
        announce_here(&assembled);
        Ok(Guard::new(assembled))
    }
}
