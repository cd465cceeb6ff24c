use tokio::{sync::watch, time::Instant};

/// How far the pipeline's life has come; everything that waits on the kit's thread watches it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Phase {
    /// Ordinary work.
    Running,
    /// Shutting down: what is there may still go out, as long as there is time.
    Draining {
        /// When the shutdown began.
        since: Instant,
        /// When it must be over.
        until: Instant,
    },
    /// Over: everything in flight and every wait ends now.
    Cancelled,
}

/// Ends when everything else has to.
pub(crate) async fn cancelled(phase: &mut watch::Receiver<Phase>) {
    // An error means that the kit's thread is gone, which is an end too.
    let _ = phase.wait_for(|phase| *phase == Phase::Cancelled).await;
}
