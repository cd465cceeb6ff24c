//! What a scraper wants: [formats](https://prometheus.io/docs/instrumenting/content_negotiation/) and compression.

use http::{
    HeaderMap,
    header::{ACCEPT, ACCEPT_ENCODING, AsHeaderName},
};

use crate::Format;

/// The format that the scraper likes best, and what it calls it; plain text if it says nothing that is known.
pub(crate) fn format(headers: &HeaderMap) -> (Format, &'static str) {
    let mut best = (0, (Format::Text, Format::Text.content_type()));
    for wish in wishes(headers, ACCEPT) {
        if let Some(format) = known(&wish)
            && wish.weight > best.0
        {
            best = (wish.weight, format);
        }
    }
    best.1
}

/// Whether the answer may be compressed with gzip.
pub(crate) fn gzip(headers: &HeaderMap) -> bool {
    let mut gzip = None;
    let mut other = 0;
    let mut identity = 0;
    for wish in wishes(headers, ACCEPT_ENCODING) {
        match wish.value {
            value if value.eq_ignore_ascii_case("gzip") || value.eq_ignore_ascii_case("x-gzip") => {
                gzip = Some(wish.weight);
            }
            value if value.eq_ignore_ascii_case("identity") => identity = wish.weight,
            "*" => other = wish.weight,
            _ => {}
        }
    }
    let gzip = gzip.unwrap_or(other);
    gzip > 0 && gzip >= identity
}

/// One item of an `Accept` header.
struct Wish<'a> {
    value: &'a str,
    version: Option<&'a str>,
    /// From 0, never, to 1000.
    weight: u32,
}

fn wishes(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = Wish<'_>> {
    let items = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    items.flat_map(|value| value.split(',')).map(wish)
}

fn wish(item: &str) -> Wish<'_> {
    let mut parts = item.split(';').map(str::trim);
    let mut wish = Wish { value: parts.next().unwrap_or_default(), version: None, weight: 1000 };
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        if name.eq_ignore_ascii_case("q") {
            wish.weight = weight(value);
        } else if name.eq_ignore_ascii_case("version") {
            wish.version = Some(value);
        }
    }
    wish
}

/// Thousandths, as there are three digits at most; what is no weight is as good as none.
fn weight(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: u32 = format!("{fraction:0<3}").parse().unwrap_or(1000);
    match whole {
        "0" if fraction.len() <= 3 => digits,
        _ => 1000,
    }
}

fn known(wish: &Wish<'_>) -> Option<(Format, &'static str)> {
    let is = |name: &str| wish.value.eq_ignore_ascii_case(name);
    let named = |format: Format| Some((format, format.content_type()));
    if is("application/openmetrics-text") {
        match wish.version {
            None | Some("1.0.0") => named(Format::OpenMetrics),
            Some("0.0.1") => Some((Format::OpenMetrics, OPEN_METRICS_0)),
            Some(_) => None,
        }
    } else if is("text/plain") {
        match wish.version {
            None | Some("0.0.4") => named(Format::Text),
            Some("1.0.0") => Some((Format::Text, TEXT_1)),
            Some(_) => None,
        }
    } else if is("*/*") || is("text/*") {
        named(Format::Text)
    } else {
        None
    }
}

/// It differs from version 1.0.0 in nothing that is used here.
const OPEN_METRICS_0: &str = "application/openmetrics-text; version=0.0.1; charset=utf-8";
/// It differs from version 0.0.4 in names that need quotes; there are none.
const TEXT_1: &str = "text/plain; version=1.0.0; charset=utf-8; escaping=underscores";

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use proptest::prelude::*;

    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_scraper_gets_what_it_likes_best() {
        let open = Format::OpenMetrics.content_type();
        let text = Format::Text.content_type();
        let cases: [(&[&str], &str); 20] = [
            (&[], text),
            (&[""], text),
            (&["*/*"], text),
            (&["text/html,application/xhtml+xml,*/*;q=0.8"], text),
            (&["application/json"], text),
            (&["application/openmetrics-text"], open),
            (&["Application/OpenMetrics-Text; Version=\"1.0.0\"; Q=0.5"], open),
            (&["application/openmetrics-text;version=1.0.0,text/plain"], open),
            (&["text/plain;version=0.0.4,application/openmetrics-text"], text),
            (&["application/openmetrics-text;q=0.3,text/plain;q=0.4"], text),
            (&["application/openmetrics-text;q=0.3", "text/plain;q=0.25,*/*;q=0.1"], open),
            (&["application/openmetrics-text;q=0"], text),
            (&["text/plain;q=0,application/openmetrics-text;q=0.001"], open),
            (&["application/openmetrics-text;version=2.0.0,*/*;q=0.1"], text),
            (&["application/openmetrics-text;version=0.0.1"], OPEN_METRICS_0),
            (&["text/plain;version=1.0.0;escaping=allow-utf-8"], TEXT_1),
            (&["text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2"], TEXT_1),
            // Prometheus 2.42, Prometheus 3, and Prometheus 3 that prefers protobuf.
            (
                &[
                    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                ],
                open,
            ),
            (
                &[
                    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                ],
                open,
            ),
            (
                &[
                    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.1",
                ],
                open,
            ),
        ];
        for (accept, expected) in cases {
            assert_eq!(format(&headers(ACCEPT, accept)).1, expected, "{accept:?}");
        }
    }

    #[test]
    fn answers_are_compressed_for_those_who_ask_for_it() {
        let cases = [
            ("gzip", true),
            ("GZIP;q=0.5", true),
            ("deflate, gzip;q=1.0, *;q=0.5", true),
            ("*", true),
            ("x-gzip", true),
            ("gzip;q=0", false),
            ("gzip;q=0.0, *", false),
            ("identity;q=1, gzip;q=0.5", false),
            ("br", false),
            ("", false),
        ];
        for (accepted, expected) in cases {
            assert_eq!(gzip(&headers(ACCEPT_ENCODING, &[accepted])), expected, "{accepted}");
        }
        assert!(!gzip(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn any_header_has_an_answer(value in "[ -~]{0,60}") {
            let (format, content_type) = format(&headers(ACCEPT, &[&value]));
            prop_assert!(content_type.starts_with(format.content_type().split(';').next().unwrap()));
            gzip(&headers(ACCEPT_ENCODING, &[&value]));
        }
    }
}
