use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

/// The whole body of a request.
pub(super) async fn collect(body: Incoming) -> Result<Bytes, String> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(error.to_string()),
    }
}

/// Undoes a `content-encoding`.
pub(super) fn decompress(encoding: Option<&str>, body: &Bytes) -> io::Result<Bytes> {
    match encoding {
        None | Some("" | "identity") => Ok(body.clone()),
        Some("gzip") => read(MultiGzDecoder::new(body.as_ref())),
        Some("zstd") => read(zstd::Decoder::new(body.as_ref())?),
        Some(other) => {
            Err(io::Error::new(io::ErrorKind::Unsupported, format!("unknown content-encoding {other:?}")))
        }
    }
}

fn read(decoder: impl Read) -> io::Result<Bytes> {
    let mut plain = Vec::new();
    let limit = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
    decoder.take(limit.saturating_add(1)).read_to_end(&mut plain)?;
    if plain.len() > MAX_BODY {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the body is too large"));
    }
    Ok(plain.into())
}

/// Bytes that a message may have, compressed or not.
pub(super) const MAX_BODY: usize = 64 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_decompressed_or_refused(
            body in prop::collection::vec(any::<u8>(), 0..200),
            encoding in prop::sample::select(vec![None, Some("gzip"), Some("zstd"), Some("br")]),
        ) {
            let _ = decompress(encoding, &body.into());
        }

        #[test]
        fn what_was_compressed_comes_back(body in prop::collection::vec(any::<u8>(), 0..2000)) {
            let zstd = zstd::encode_all(body.as_slice(), 0)?;
            prop_assert_eq!(&decompress(Some("zstd"), &zstd.into())?, &body);
        }
    }

    #[test]
    fn a_body_that_would_fill_the_memory_is_refused() {
        let zeros = zstd::encode_all(io::repeat(0).take(MAX_BODY as u64 + 1), 0).unwrap();
        assert!(zeros.len() < 100_000);
        assert_eq!(decompress(Some("zstd"), &zeros.into()).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
