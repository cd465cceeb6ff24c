use tonic::metadata::{
    AsciiMetadataKey, AsciiMetadataValue, BinaryMetadataKey, BinaryMetadataValue, MetadataMap,
};

use crate::transport::{Target, TransportError};

/// The target's headers as metadata; the value of one that ends in `-bin` is sent as bytes.
pub(super) fn of(target: &Target) -> Result<MetadataMap, TransportError> {
    let mut metadata = MetadataMap::new();
    for (name, value) in &target.headers {
        insert(&mut metadata, &name.to_ascii_lowercase(), value)
            .ok_or_else(|| TransportError::Header { name: name.clone() })?;
    }
    Ok(metadata)
}

fn insert(metadata: &mut MetadataMap, name: &str, value: &str) -> Option<()> {
    if name.ends_with("-bin") {
        let key = BinaryMetadataKey::from_bytes(name.as_bytes()).ok()?;
        let mut value = BinaryMetadataValue::from_bytes(value.as_bytes());
        value.set_sensitive(true);
        metadata.insert_bin(key, value);
    } else {
        let key = AsciiMetadataKey::from_bytes(name.as_bytes()).ok()?;
        let mut value = AsciiMetadataValue::try_from(value).ok()?;
        value.set_sensitive(true);
        metadata.insert(key, value);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_metadata_of_their_kind() {
        let target = Target::new("http://h")
            .header("X-Api-Key", "first")
            .header("x-api-key", "second")
            .header("Token-Bin", "ä\u{1}");
        let metadata = of(&target).unwrap();
        assert_eq!(metadata.get("x-api-key").unwrap(), "second");
        assert_eq!(metadata.get_bin("token-bin").unwrap().to_bytes().unwrap(), "ä\u{1}".as_bytes());
        assert!(!format!("{metadata:?}").contains("second"));
    }

    #[test]
    fn a_header_that_grpc_forbids_is_an_error_without_its_value() {
        for (name, value) in [("a b", "v"), ("", "v"), ("ok", "secret\n")] {
            let error = of(&Target::new("http://h").header(name, value)).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("secret"), "{error}");
        }
    }
}
