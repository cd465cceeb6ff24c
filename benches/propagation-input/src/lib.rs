//! What the propagators read and write, the same for all of them.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, CONTENT_TYPE},
};

/// Headers of a message in a queue.
pub type Message = Vec<(String, Vec<u8>)>;

/// The headers of a request that comes in with a sampled trace.
#[must_use]
pub fn request() -> HeaderMap {
    REQUEST
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

/// The same with [`BAGGAGE`].
#[must_use]
pub fn request_with_baggage() -> HeaderMap {
    let mut headers = request();
    headers.insert("baggage", HeaderValue::from_static(BAGGAGE));
    headers
}

/// The headers of a request that will go out.
#[must_use]
pub fn new_request() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers
}

/// The headers of a message that will go out, with room for more.
#[must_use]
pub fn new_message() -> Message {
    let mut headers = Message::with_capacity(8);
    headers.push(("content-type".to_owned(), b"application/json".to_vec()));
    headers.push(("schema".to_owned(), b"order-placed.v2".to_vec()));
    headers
}

/// The headers of a message that comes in with a sampled trace.
pub const MESSAGE: &[(&str, &[u8])] = &[
    ("content-type", b"application/json"),
    ("schema", b"order-placed.v2"),
    ("traceparent", TRACEPARENT.as_bytes()),
];

/// Three entries, as the specification has them in an example.
pub const BAGGAGE: &str = "userId=alice,serverNode=DF%2028,isProduction=false";

/// The same, as an application sets them.
pub const ENTRIES: [(&str, &str); 3] =
    [("userId", "alice"), ("serverNode", "DF 28"), ("isProduction", "false")];

const REQUEST: &[(&str, &str)] = &[
    ("host", "shop.example.com:8080"),
    ("user-agent", "curl/8.5.0"),
    ("accept", "*/*"),
    ("content-type", "application/json"),
    ("content-length", "27"),
    ("traceparent", TRACEPARENT),
];

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
