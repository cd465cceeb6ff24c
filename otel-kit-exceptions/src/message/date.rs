use super::cursor::Cursor;

/// A date, a time of day with seconds or `AM` and `PM`, or both, as the usual standards and libraries write them.
pub(super) fn date(rest: &[u8], before: u8) -> Option<usize> {
    if b":.".contains(&before) {
        return None;
    }
    let forms: [fn(&mut Cursor<'_>) -> bool; 6] = [iso, compact, with_weekday, day_first, month_first, time];
    let read = forms.into_iter().find_map(|form| {
        let mut cursor = Cursor::new(rest);
        form(&mut cursor).then(|| cursor.end()).flatten()
    });
    read.or_else(|| python(rest))
}

/// `2024-01-02T03:04:05.678Z`, `2024/01/02 03:04`, `2024-01-02`.
fn iso(cursor: &mut Cursor<'_>) -> bool {
    let is_date = cursor.digits(4..=4)
        && cursor.any(b"-/")
        && cursor.digits(2..=2)
        && cursor.any(b"-/")
        && cursor.digits(2..=2);
    cursor.optional(|cursor| cursor.any(b"T ") && clock(cursor, 2));
    cursor.optional(zone);
    is_date
}

/// `20240102T030405Z`
fn compact(cursor: &mut Cursor<'_>) -> bool {
    let is_date = cursor.digits(8..=8) && cursor.byte(b'T') && cursor.digits(6..=6);
    cursor.optional(fraction);
    cursor.optional(zone);
    is_date
}

/// `Tue, 02 Jan 2024 03:04:05 GMT`, `Tuesday, 02-Jan-24 03:04:05 GMT`, `Tue Jan 02 2024 03:04:05 GMT+0000 (UTC)`.
fn with_weekday(cursor: &mut Cursor<'_>) -> bool {
    let is_day = cursor.any_text(WEEKDAYS) && {
        cursor.byte(b',');
        cursor.byte(b' ')
    };
    if !is_day {
        return false;
    }
    let mut month = *cursor;
    if day_first(cursor) {
        return true;
    }
    let is_date = month_first(&mut month);
    *cursor = month;
    is_date
}

/// `02 Jan 2024 03:04:05 GMT`, `02-Jan-24`.
fn day_first(cursor: &mut Cursor<'_>) -> bool {
    let is_date = cursor.digits(1..=2)
        && cursor.any(b" -")
        && cursor.any_text(MONTHS)
        && cursor.any(b" -")
        && (cursor.digits(4..=4) || cursor.digits(2..=2));
    cursor.optional(|cursor| cursor.byte(b' ') && clock(cursor, 2));
    cursor.optional(zone);
    is_date
}

/// `Jan 02 2024 03:04:05 GMT+0000 (UTC)`, `Jan  2 03:04:05 2024`, `Jan 2, 2024`.
fn month_first(cursor: &mut Cursor<'_>) -> bool {
    let mut is_date = cursor.any_text(MONTHS) && cursor.byte(b' ') && {
        cursor.byte(b' ');
        cursor.digits(1..=2)
    };
    let mut has_more = false;
    for read in [year, at_clock, year] {
        cursor.optional(|cursor| {
            let is_read = read(cursor);
            has_more |= is_read;
            is_read
        });
    }
    is_date &= has_more;
    cursor.optional(zone);
    is_date
}

fn year(cursor: &mut Cursor<'_>) -> bool {
    cursor.byte(b',');
    cursor.byte(b' ') && cursor.digits(4..=4)
}

fn at_clock(cursor: &mut Cursor<'_>) -> bool {
    cursor.byte(b' ') && clock(cursor, 2)
}

/// `23:59:59.5`, `3:04 PM`. Hours and minutes alone may be a line and a column.
fn time(cursor: &mut Cursor<'_>) -> bool {
    let mut short = *cursor;
    if clock(cursor, 3) {
        cursor.optional(zone);
        return true;
    }
    let is_time = clock(&mut short, 2) && {
        short.byte(b' ');
        short.any(b"APap") && short.any(b"Mm")
    };
    *cursor = short;
    is_time
}

/// Hours, minutes and seconds, of which `least` have to be there.
fn clock(cursor: &mut Cursor<'_>, least: usize) -> bool {
    if !(cursor.digits(1..=2) && cursor.byte(b':') && cursor.digits(2..=2)) {
        return false;
    }
    let mut parts = 2;
    cursor.optional(|cursor| {
        let is_read = cursor.byte(b':') && cursor.digits(2..=2);
        parts += usize::from(is_read);
        is_read
    });
    cursor.optional(fraction);
    parts >= least
}

fn fraction(cursor: &mut Cursor<'_>) -> bool {
    cursor.any(b".,") && cursor.digits(1..=9)
}

/// `Z`, ` UTC`, `+01:00`, ` GMT+0000 (UTC)`.
fn zone(cursor: &mut Cursor<'_>) -> bool {
    if cursor.byte(b'Z') {
        return true;
    }
    cursor.byte(b' ');
    let is_named = cursor.any_text(&["UTC", "GMT"]);
    let mut is_offset = false;
    cursor.optional(|cursor| {
        is_offset = cursor.any(b"+-") && cursor.digits(2..=2) && {
            cursor.byte(b':');
            cursor.digits(2..=2)
        } || offset_without_colon(cursor);
        is_offset
    });
    cursor.optional(|cursor| {
        cursor.text(" (")
            && cursor.run(1..=40, |byte| byte.is_ascii_alphabetic() || byte == b' ')
            && cursor.byte(b')')
    });
    is_named || is_offset
}

fn offset_without_colon(cursor: &mut Cursor<'_>) -> bool {
    cursor.any(b"+-");
    cursor.digits(4..=4)
}

fn python(rest: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    let is_one = cursor.text("datetime.datetime(")
        && cursor.run(1..=80, |byte| byte.is_ascii_alphanumeric() || b", .=_".contains(&byte))
        && cursor.byte(b')');
    is_one.then(|| cursor.read())
}

/// Longer ones come before those that they begin with.
const WEEKDAYS: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Mon",
    "Tue",
    "Wed",
    "Thu",
    "Fri",
    "Sat",
    "Sun",
];

const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
