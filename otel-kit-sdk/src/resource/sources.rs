use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use otel_kit_core::semconv::{SCHEMA_URL, attribute::SERVICE_NAME};
use percent_encoding::percent_decode_str;

use super::{Service, service};

/// Everything that says something about the resource. In the order of who wins:
///
/// 1. [`code`](Self::code)
/// 2. `OTEL_SERVICE_NAME`, then `OTEL_RESOURCE_ATTRIBUTES`: [`environment`](Self::environment)
/// 3. [`file`](Self::file)
/// 4. [`detected`](Self::detected)
/// 5. [`fallback`](Self::fallback)
/// 6. `unknown_service:<executable>` and a random `service.instance.id`
///
/// ([merge rules](https://opentelemetry.io/docs/specs/otel/resource/sdk/#merge))
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Sources {
    fallback: Vec<KeyValue>,
    detected: Vec<KeyValue>,
    file: Vec<KeyValue>,
    environment: Vec<KeyValue>,
    code: Vec<KeyValue>,
    warnings: Vec<String>,
}

impl Sources {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// What `init!` knows: name and version of the crate.
    pub fn fallback(mut self, service: &Service) -> Self {
        self.fallback = service.attributes().collect();
        self
    }

    /// What [`detect`](super::detect) found, or less of it.
    pub fn detected(mut self, detected: impl IntoIterator<Item = KeyValue>) -> Self {
        self.detected = detected.into_iter().collect();
        self
    }

    /// What the configuration file says.
    pub fn file(mut self, service: &Service) -> Self {
        self.file = service.attributes().collect();
        self
    }

    /// Values of `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. The latter is `key=value,...`, values
    /// percent-encoded; with an error anywhere in it the whole of it is ignored, and a warning says so.
    pub fn environment(mut self, service_name: Option<&str>, resource_attributes: Option<&str>) -> Self {
        match parse(resource_attributes.unwrap_or_default()) {
            Ok(attributes) => self.environment = attributes,
            Err(why) => self.warnings.push(format!("OTEL_RESOURCE_ATTRIBUTES is ignored: {why}")),
        }
        if let Some(name) = service_name.filter(|name| !name.is_empty()) {
            self.environment.push(KeyValue::new(SERVICE_NAME, name.to_owned()));
        }
        self
    }

    /// What the code says.
    pub fn code(mut self, service: &Service) -> Self {
        self.code = service.attributes().collect();
        self
    }

    /// The resource, and warnings to log.
    #[must_use]
    pub fn build(self) -> (Resource, Vec<String>) {
        let Self { fallback, detected, file, environment, code, warnings } = self;
        // Of attributes with the same name, the last one counts.
        let all = service::unknown()
            .into_iter()
            .chain(fallback)
            .chain(detected)
            .chain(file)
            .chain(environment)
            .chain(code);
        (Resource::builder_empty().with_schema_url(all, SCHEMA_URL).build(), warnings)
    }
}

/// [`OTEL_RESOURCE_ATTRIBUTES`](https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable).
fn parse(text: &str) -> Result<Vec<KeyValue>, String> {
    text.split(',').map(str::trim).filter(|member| !member.is_empty()).map(member).collect()
}

fn member(member: &str) -> Result<KeyValue, String> {
    let (key, value) = member.split_once('=').ok_or_else(|| format!("`{member}` has no `=`"))?;
    let (key, value) = (decode(key.trim())?, decode(value.trim())?);
    if key.is_empty() {
        return Err(format!("`{member}` has no name"));
    }
    Ok(KeyValue::new(key, value))
}

fn decode(text: &str) -> Result<String, String> {
    let malformed = text.split('%').skip(1).any(|after| {
        let mut digits = after.bytes().take(2).filter(u8::is_ascii_hexdigit);
        digits.by_ref().count() < 2
    });
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| ());
    match decoded {
        Ok(decoded) if !malformed => Ok(decoded.into_owned()),
        _ => Err(format!("`{text}` is not percent-encoded UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<Vec<(String, String)>> {
        let pair = |pair: &KeyValue| (pair.key.to_string(), pair.value.to_string());
        Some(parse(text).ok()?.iter().map(pair).collect())
    }

    #[test]
    fn attributes_are_separated_by_commas_and_percent_encoded() {
        let cases: [(&str, &[(&str, &str)]); 7] = [
            ("", &[]),
            ("a=1", &[("a", "1")]),
            (" a = 1 , b=2 ,", &[("a", "1"), ("b", "2")]),
            ("a=x%2Cy%3Dz%20%25", &[("a", "x,y=z %")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a=%C3%A4", &[("a", "ä")]),
            ("a=", &[("a", "")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> =
                expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            assert_eq!(parsed(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn one_error_makes_the_whole_variable_void() {
        for text in ["a", "a=1,b", "=1", "a=%", "a=%2", "a=%zz", "a=%FF", "%=1", "ok=1,a=%%20"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_comes_out_again(value: String) {
            let encoded = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            prop_assert_eq!(parsed(&format!("k={encoded}")), Some(vec![("k".to_owned(), value.clone())]));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text: String) {
            drop(parse(&text));
        }
    }
}
