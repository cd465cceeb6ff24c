//! Points in time as text, in UTC.

use std::{
    cell::Cell,
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

/// RFC 3339 with microseconds: `2026-11-21T08:11:22.123456Z`.
pub(super) fn rfc3339(time: SystemTime) -> [u8; 27] {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (second, mut text) = LAST.get();
    if second != since.as_secs() {
        text = Utc::of(time).rfc3339();
        LAST.set((since.as_secs(), text));
    }
    let micros = u64::from(since.subsec_micros());
    let digits = [micros / 10_000, micros / 100, micros].map(pair);
    if let Some(place) = text.get_mut(FRACTION) {
        place.copy_from_slice(digits.as_flattened());
    }
    text
}

thread_local! {
    /// The second of this thread's last line, and how it is written: lines of one second differ in the rest only.
    static LAST: Cell<(u64, [u8; 27])> = const { Cell::new((0, *b"1970-01-01T00:00:00.000000Z")) };
}

/// Where the microseconds are.
const FRACTION: Range<usize> = 20..26;

/// Date and time of day, in UTC, of the years 1970 to 9999.
#[derive(Clone, Copy)]
pub(super) struct Utc {
    year: u64,
    month: u64,
    day: u64,
    seconds: u64,
    micros: u64,
}

impl Utc {
    pub(super) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = since.as_secs().min(LAST_SECOND);
        let (year, month, day) = date(seconds / 86_400);
        Self { year, month, day, seconds: seconds % 86_400, micros: u64::from(since.subsec_micros()) }
    }

    fn rfc3339(self) -> [u8; 27] {
        let [y1, y2] = pair(self.year / 100);
        let [y3, y4] = pair(self.year);
        let [m1, m2] = pair(self.month);
        let [d1, d2] = pair(self.day);
        let [h1, h2, i1, i2, s1, s2] = self.clock();
        let [f1, f2] = pair(self.micros / 10_000);
        let [f3, f4] = pair(self.micros / 100);
        let [f5, f6] = pair(self.micros);
        [
            y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'.', f1,
            f2, f3, f4, f5, f6, b'Z',
        ]
    }

    /// Time of day with milliseconds: `08:11:22.123`.
    pub(super) fn short(self) -> [u8; 12] {
        let [h1, h2, i1, i2, s1, s2] = self.clock();
        let [f1, f2] = pair(self.micros / 10_000);
        let [f3, _] = pair(self.micros / 100);
        [h1, h2, b':', i1, i2, b':', s1, s2, b'.', f1, f2, f3]
    }

    fn clock(self) -> [u8; 6] {
        let [h1, h2] = pair(self.seconds / 3_600);
        let [i1, i2] = pair(self.seconds / 60 % 60);
        let [s1, s2] = pair(self.seconds % 60);
        [h1, h2, i1, i2, s1, s2]
    }
}

/// Year, month and day of a day since 1970-01-01, in the proleptic Gregorian calendar: years that begin in
/// March, so that the leap day is the last, in eras of 400 years.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The last two decimal digits.
fn pair(number: u64) -> [u8; 2] {
    let [tens, ..] = (number / 10 % 10).to_le_bytes();
    let [ones, ..] = (number % 10).to_le_bytes();
    [b'0' + tens, b'0' + ones]
}

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn rfc3339(time: SystemTime) -> String {
        String::from_utf8(super::rfc3339(time).to_vec()).unwrap()
    }

    #[test]
    fn known_points_in_time_are_written_right() {
        let at = |seconds, nanos| rfc3339(UNIX_EPOCH + Duration::new(seconds, nanos));
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(at(951_782_400, 999_999_999), "2000-02-29T00:00:00.999999Z");
        assert_eq!(at(1_795_248_682, 123_456_789), "2026-11-21T08:11:22.123456Z");
        assert_eq!(at(LAST_SECOND + 1, 0), "9999-12-31T23:59:59.000000Z");
        assert_eq!(rfc3339(UNIX_EPOCH - Duration::from_secs(1)), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn the_short_form_has_milliseconds() {
        let time = UNIX_EPOCH + Duration::new(1_795_248_682, 123_456_789);
        assert_eq!(&Utc::of(time).short(), b"08:11:22.123");
    }

    proptest! {
        #[test]
        fn dates_are_those_of_http(seconds in 0..LAST_SECOND) {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            let ours = rfc3339(time);
            // `Sun, 06 Nov 1994 08:49:37 GMT`
            let http = httpdate::fmt_http_date(time);
            let [_, day, month, year, clock, _] = http.split(' ').collect::<Vec<_>>()[..] else { panic!("{http}") };
            let month = "JanFebMarAprMayJunJulAugSepOctNovDec".find(month).unwrap() / 3 + 1;
            prop_assert_eq!(ours, format!("{year}-{month:02}-{day}T{clock}.000000Z"));
        }
    }
}
