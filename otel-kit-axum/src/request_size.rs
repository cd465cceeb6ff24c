use std::{
    any::Any,
    mem,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Version, header};
use http_body::{Body as _, Frame, SizeHint};

/// Size of a request's body, as far as it is known.
#[derive(Debug, Default)]
pub(crate) enum RequestSize {
    #[default]
    Unknown,
    Known(u64),
    /// Counted, and known once the handler has read to the end.
    Counted(Arc<OnceLock<u64>>),
}

impl RequestSize {
    /// The declared size; a body without one is counted from now on, if it is axum's.
    pub(crate) fn of<B: 'static>(request: &mut Request<B>) -> Self {
        if let Some(size) = declared(request) {
            return Self::Known(size);
        }
        let Some(body) = (request.body_mut() as &mut dyn Any).downcast_mut::<Body>() else {
            return Self::Unknown;
        };
        if let Some(size) = body.size_hint().exact() {
            return Self::Known(size);
        }
        let total = Arc::new(OnceLock::new());
        let inner = mem::take(body);
        *body = Body::new(Counted { inner, read: 0, total: Some(Arc::clone(&total)) });
        Self::Counted(total)
    }

    /// The size, if it is known by now.
    pub(crate) fn get(&self) -> Option<u64> {
        match self {
            Self::Unknown => None,
            Self::Known(size) => Some(*size),
            Self::Counted(total) => total.get().copied(),
        }
    }
}

/// A body that tells its size at its end.
struct Counted {
    inner: Body,
    read: u64,
    /// Where its size is told, unless it has failed.
    total: Option<Arc<OnceLock<u64>>>,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = ready!(Pin::new(&mut self.inner).poll_frame(task));
        let is_end = match &polled {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.read = self.read.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
                self.inner.is_end_stream()
            }
            Some(Err(_)) => {
                self.total = None;
                false
            }
            None => true,
        };
        if is_end && let Some(total) = self.total.take() {
            // Nobody else sets it.
            let _ = total.set(self.read);
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Size of the body, as far as the head tells.
fn declared<B>(request: &Request<B>) -> Option<u64> {
    let headers = request.headers();
    match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length.to_str().ok()?.parse().ok(),
        // Without both headers these versions have no body.
        None if request.version() <= Version::HTTP_11 => {
            (!headers.contains_key(header::TRANSFER_ENCODING)).then_some(0)
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use http_body_util::BodyExt;

    use super::*;

    /// The size before and after a body of these frames is read as far as it goes.
    async fn sizes<const N: usize>(frames: [io::Result<&'static str>; N]) -> [Option<u64>; 2] {
        let body = Body::from_stream(tokio_stream::iter(frames));
        let mut request = Request::builder().version(Version::HTTP_2).body(body).unwrap();
        let size = RequestSize::of(&mut request);
        let before = size.get();
        while request.body_mut().frame().await.is_some() {}
        [before, size.get()]
    }

    #[tokio::test]
    async fn the_size_of_a_body_is_known_at_its_end_and_never_if_it_failed() {
        assert_eq!(sizes([Ok("abc"), Ok("de")]).await, [None, Some(5)]);
        assert_eq!(sizes([]).await, [None, Some(0)]);
        assert_eq!(sizes([Ok("abc"), Err(io::Error::other("gone"))]).await, [None, None]);
    }

    #[test]
    fn a_body_of_another_type_is_left_alone() {
        let mut request = Request::builder().version(Version::HTTP_2).body("abc".to_owned()).unwrap();
        assert_eq!(RequestSize::of(&mut request).get(), None);
        assert_eq!(request.body(), "abc");
    }
}
