use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};

/// Keeps what is sent, for tests and for looking at it.
///
/// Clones share what they keep. At most [`capacity`](Self::with_capacity) requests and 64 MiB are kept;
/// then the oldest go.
///
/// ```
/// use bytes::Bytes;
/// use otel_kit_core::{Delivery, OtlpRequest, Signal, Transport};
/// use otel_kit_sdk::transport::Memory;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let memory = Memory::new();
/// let delivery = memory.send(OtlpRequest::new(Signal::Logs, 3, Bytes::new())).await;
/// assert_eq!(delivery, Delivery::ACCEPTED);
/// assert_eq!(memory.requests()[0].items, 3);
/// # });
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Memory {
    kept: Arc<Mutex<Kept>>,
    capacity: usize,
}

impl Memory {
    /// Keeps 1,000 requests.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(1_000)
    }

    /// Keeps this many requests.
    #[must_use]
    pub fn with_capacity(requests: usize) -> Self {
        Self { kept: Arc::default(), capacity: requests }
    }

    /// What was sent, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<OtlpRequest> {
        self.kept().requests.iter().cloned().collect()
    }

    /// Forgets what was sent.
    pub fn clear(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Memory {
    fn send(&self, request: OtlpRequest) -> Sending {
        self.kept().push(request, self.capacity);
        Box::pin(std::future::ready(Delivery::ACCEPTED))
    }

    fn destination(&self, _: Signal) -> String {
        "memory".to_owned()
    }

    fn protocol(&self) -> &'static str {
        "memory"
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("requests", &self.kept().requests.len()).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Kept {
    requests: VecDeque<OtlpRequest>,
    bytes: usize,
}

impl Kept {
    fn push(&mut self, request: OtlpRequest, capacity: usize) {
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > capacity || self.bytes > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else { return };
            self.bytes -= oldest.body.len();
        }
    }
}

const MAX_BYTES: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(items: usize, bytes: usize) -> OtlpRequest {
        OtlpRequest::new(Signal::Traces, items, Bytes::from(vec![0; bytes]))
    }

    fn items(memory: &Memory) -> Vec<usize> {
        memory.requests().iter().map(|request| request.items).collect()
    }

    #[test]
    fn the_oldest_requests_make_room() {
        let memory = Memory::with_capacity(2);
        for index in 0..4 {
            drop(memory.send(request(index, 1)));
        }
        assert_eq!(items(&memory), [2, 3]);
        memory.clone().clear();
        assert!(memory.requests().is_empty());
    }

    #[test]
    fn no_more_than_64_mib_are_kept() {
        let memory = Memory::new();
        for index in 0..5 {
            drop(memory.send(request(index, 20 << 20)));
        }
        assert_eq!(items(&memory), [2, 3, 4]);
        drop(memory.send(request(5, 65 << 20)));
        assert!(memory.requests().is_empty());
    }
}
