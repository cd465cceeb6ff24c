/// Turns the records of the `log` crate into `tracing` events, for the whole process: with their real
/// target and level, and without the `log.*` fields that the way there adds.
///
/// `otel_kit::init!()` does this itself. `tracing`'s own feature `log` does the opposite: with both, events
/// would be seen twice.
///
/// # Errors
/// If another logger is installed.
pub fn install_log_bridge() -> Result<(), log::SetLoggerError> {
    tracing_log::LogTracer::init()
}
