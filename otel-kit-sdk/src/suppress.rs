use opentelemetry::Context;

/// Takes telemetry off the current thread until it ends: what the kit does itself is never traced, and its
/// records are never exported.
pub(crate) fn suppress_this_thread() {
    // Dropping the guard would end it, and a thread local that drops it may outlive the context's own.
    std::mem::forget(Context::enter_telemetry_suppressed_scope());
}
