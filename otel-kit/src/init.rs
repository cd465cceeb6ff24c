use crate::{Builder, Guard, InitError};

/// Starts the telemetry of the process, with the name and version of the calling crate for the service where
/// nobody gives others.
///
/// It is [`init()`](crate::init()) with a name; see there.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let _telemetry = otel_kit::init!()?;
/// otel_kit::tracing::info!("ready");
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! init {
    () => {
        $crate::builder()
            .calling_crate(::core::env!("CARGO_PKG_NAME"), ::core::env!("CARGO_PKG_VERSION"))
            .init()
    };
}

/// Starts the telemetry of the process as `otel-kit.yaml` and the environment say, and installs it globally.
///
/// A service without a configured name is `unknown_service:<executable>`; [`init!`](crate::init!) knows better.
///
/// ```
/// let _telemetry = otel_kit::init()?;
/// otel_kit::tracing::info!("ready");
/// # Ok::<_, otel_kit::InitError>(())
/// ```
///
/// # Errors
/// See [`Builder::init`].
#[track_caller]
pub fn init() -> Result<Guard, InitError> {
    builder().init()
}

/// Starts with settings in code; see [`Builder`].
///
/// ```
/// let _telemetry = otel_kit::builder().endpoint("http://127.0.0.1:4318").init()?;
/// # Ok::<_, otel_kit::InitError>(())
/// ```
pub fn builder() -> Builder {
    Builder::new()
}
