//! Points in time as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) texts.

use std::time::SystemTime;

use jiff::Timestamp;

/// In UTC, with as many digits of the second as there are.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// The point in time that a text names, if it names one.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    text.parse::<Timestamp>().ok().map(SystemTime::from)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_written_in_utc_and_read_with_any_offset() {
        let time = UNIX_EPOCH + Duration::new(1_767_323_045, 120_000_000);
        assert_eq!(rfc3339(time), "2026-01-02T03:04:05.12Z");
        assert_eq!(rfc3339(UNIX_EPOCH), "1970-01-01T00:00:00Z");
        assert_eq!(parse("2026-01-02T05:04:05.12+02:00"), Some(time));
        assert_eq!(parse("yesterday"), None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(seconds in 0..100_000_000_000_u64, nanos in 0..1_000_000_000_u32) {
            let time = UNIX_EPOCH + Duration::new(seconds, nanos);
            prop_assert_eq!(parse(&rfc3339(time)), Some(time));
        }
    }
}
