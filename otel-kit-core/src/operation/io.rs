use std::io::ErrorKind;

/// The [`error.type`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/) of an I/O error on a
/// connection: a word of a fixed set, the same in all adapters. `None` for a kind that tells nothing of a connection.
///
/// ```
/// use std::io::ErrorKind;
/// use otel_kit_core::operation::io_error_type;
///
/// assert_eq!(io_error_type(ErrorKind::ConnectionRefused), Some("connection_refused"));
/// assert_eq!(io_error_type(ErrorKind::PermissionDenied), None);
/// ```
#[must_use]
pub const fn io_error_type(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::AddrNotAvailable => "address_not_available",
        ErrorKind::BrokenPipe => "broken_pipe",
        ErrorKind::ConnectionAborted => "connection_aborted",
        ErrorKind::ConnectionRefused => "connection_refused",
        ErrorKind::ConnectionReset => "connection_reset",
        ErrorKind::HostUnreachable => "host_unreachable",
        ErrorKind::NetworkUnreachable => "network_unreachable",
        ErrorKind::TimedOut => "timeout",
        ErrorKind::UnexpectedEof => "connection_closed",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_of_a_connection_has_its_word_and_other_errors_have_none() {
        let cases = [
            (ErrorKind::AddrNotAvailable, Some("address_not_available")),
            (ErrorKind::BrokenPipe, Some("broken_pipe")),
            (ErrorKind::ConnectionAborted, Some("connection_aborted")),
            (ErrorKind::ConnectionRefused, Some("connection_refused")),
            (ErrorKind::ConnectionReset, Some("connection_reset")),
            (ErrorKind::HostUnreachable, Some("host_unreachable")),
            (ErrorKind::NetworkUnreachable, Some("network_unreachable")),
            (ErrorKind::TimedOut, Some("timeout")),
            (ErrorKind::UnexpectedEof, Some("connection_closed")),
            (ErrorKind::InvalidData, None),
            (ErrorKind::Other, None),
        ];
        for (kind, word) in cases {
            assert_eq!(io_error_type(kind), word, "{kind:?}");
        }
    }
}
