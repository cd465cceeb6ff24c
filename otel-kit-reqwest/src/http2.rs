//! The [error codes of HTTP/2](https://www.rfc-editor.org/rfc/rfc9113#section-7).

use h2::Reason;

use crate::failure::CONNECTION_CLOSED;

/// `error.type` of a stream or connection that was ended with this code. Codes are numbers that a server
/// chooses: those that the standard does not name are one word.
pub(crate) fn word_of(reason: Reason) -> &'static str {
    match reason {
        // Somebody went in good order, but left us without an answer.
        Reason::NO_ERROR => CONNECTION_CLOSED,
        Reason::PROTOCOL_ERROR => "http2_protocol_error",
        Reason::INTERNAL_ERROR => "http2_internal_error",
        Reason::FLOW_CONTROL_ERROR => "http2_flow_control_error",
        Reason::SETTINGS_TIMEOUT => "http2_settings_timeout",
        Reason::STREAM_CLOSED => "http2_stream_closed",
        Reason::FRAME_SIZE_ERROR => "http2_frame_size_error",
        Reason::REFUSED_STREAM => "http2_refused_stream",
        Reason::CANCEL => "http2_cancel",
        Reason::COMPRESSION_ERROR => "http2_compression_error",
        Reason::CONNECT_ERROR => "http2_connect_error",
        Reason::ENHANCE_YOUR_CALM => "http2_enhance_your_calm",
        Reason::INADEQUATE_SECURITY => "http2_inadequate_security",
        Reason::HTTP_1_1_REQUIRED => "http2_http_1_1_required",
        _ => "http2_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_standard_has_a_word_of_its_own_and_all_others_share_one() {
        let words: std::collections::HashSet<_> = (0..=13).map(|code| word_of(Reason::from(code))).collect();
        assert_eq!(words.len(), 14);
        assert!(!words.contains("http2_error"));
        for code in [14, u32::MAX] {
            assert_eq!(word_of(Reason::from(code)), "http2_error");
        }
    }
}
