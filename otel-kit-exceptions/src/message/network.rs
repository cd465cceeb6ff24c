use std::net::{Ipv4Addr, Ipv6Addr};

use super::cursor::{Cursor, is_word, without_last};

pub(super) fn email(rest: &[u8], before: u8) -> Option<usize> {
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
    let mut cursor = Cursor::new(rest);
    if cursor.is_end()
        || is_local(before)
        || before == b'@'
        || cursor.skip(is_local) == 0
        || !cursor.byte(b'@')
    {
        return None;
    }
    let start = cursor.read();
    cursor.skip(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if !cursor.is_end() || cursor.is_before_placeholder() {
        return None;
    }
    let domain = rest.get(start..cursor.read())?;
    let domain = domain.get(..without_last(domain, b".-"))?;
    let last = domain.get(domain.iter().rposition(|byte| *byte == b'.')? + 1..)?;
    (last.len() >= 2 && last.iter().all(u8::is_ascii_alphabetic)).then_some(start + domain.len())
}

/// Of any scheme.
pub(super) fn url(rest: &[u8], before: u8) -> Option<usize> {
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
    let mut cursor = Cursor::new(rest);
    let starts = cursor.peek().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !starts || is_scheme(before) || cursor.skip(is_scheme) > LONGEST_SCHEME || !cursor.text("://") {
        return None;
    }
    let start = cursor.read();
    cursor.skip(|byte| !byte.is_ascii_whitespace() && !b"\"'`<>()[]{}|".contains(&byte));
    // An address of version 6 is in brackets.
    cursor.optional(|cursor| {
        let is_one = cursor.byte(b'[') && cursor.skip(is_ipv6) > 0 && cursor.byte(b']');
        cursor.skip(|byte| !byte.is_ascii_whitespace() && !b"\"'`<>()[]{}|".contains(&byte));
        is_one
    });
    let length = without_last(rest.get(..cursor.read())?, b".,;:!?\\");
    (length > start).then_some(length)
}

/// With a top-level domain that is one beyond doubt: fields of code have dots too.
pub(super) fn hostname(rest: &[u8], before: u8) -> Option<usize> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let mut cursor = Cursor::new(rest);
    if cursor.is_end() || b".-@/:".contains(&before) {
        return None;
    }
    cursor.skip(is_part);
    if !cursor.is_end() || cursor.is_before_placeholder() || cursor.peek() == Some(b'(') || cursor.text("::")
    {
        return None;
    }
    let run = rest.get(..cursor.read())?;
    let name = std::str::from_utf8(run.get(..without_last(run, b".-"))?).ok()?;
    let mut labels = name.rsplit('.');
    let top = labels.next()?;
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let labels = labels.try_fold(0, |count, label| is_label(label).then_some(count + 1))?;
    let is_lower = top.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_upper = top.bytes().all(|byte| byte.is_ascii_uppercase());
    let top = top.to_ascii_lowercase();
    let is_one = labels >= 1 && TOP.contains(&&*top) || labels >= 2 && AMBIGUOUS.contains(&&*top);
    (is_one && (is_lower || is_upper)).then_some(name.len())
}

/// Version 4, or 6 with its zone. `a::b` is a path of code, unless it has a digit.
pub(super) fn ip(rest: &[u8], before: u8) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    if cursor.is_end() && cursor.peek() != Some(b':') || b".:".contains(&before) {
        return None;
    }
    cursor.run(0..=LONGEST_IP, is_ipv6);
    if !cursor.is_end() {
        return None;
    }
    let run = std::str::from_utf8(rest.get(..cursor.read())?).ok()?;
    let address = run.trim_end_matches('.');
    let address = if address.ends_with("::") { address } else { address.trim_end_matches(':') };
    if let Some((version4, port)) = address.split_once(':').filter(|(_, port)| !port.contains(':')) {
        let is_one = version4.parse::<Ipv4Addr>().is_ok() && !port.is_empty();
        return is_one.then_some(version4.len());
    }
    if address.parse::<Ipv4Addr>().is_ok() {
        return Some(address.len());
    }
    let is_one = address.parse::<Ipv6Addr>().is_ok() && address.bytes().any(|byte| byte.is_ascii_digit());
    if is_one && address.len() == run.len() {
        cursor.optional(|cursor| cursor.byte(b'%') && cursor.skip(is_word) > 0);
        return Some(cursor.read());
    }
    is_one.then_some(address.len())
}

fn is_ipv6(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || b":.".contains(&byte)
}

const LONGEST_SCHEME: usize = 20;

const LONGEST_IP: usize = 48;

const TOP: &[&str] = &[
    "app",
    "at",
    "au",
    "biz",
    "blog",
    "br",
    "ca",
    "ch",
    "cloud",
    "club",
    "cn",
    "com",
    "cz",
    "de",
    "dev",
    "dk",
    "edu",
    "es",
    "eu",
    "fi",
    "fr",
    "gov",
    "gr",
    "hk",
    "hu",
    "ie",
    "il",
    "info",
    "internal",
    "io",
    "jp",
    "kr",
    "lan",
    "local",
    "localdomain",
    "mil",
    "mx",
    "net",
    "nl",
    "nz",
    "online",
    "org",
    "pt",
    "ru",
    "se",
    "shop",
    "site",
    "store",
    "svc",
    "tech",
    "tr",
    "tv",
    "tw",
    "ua",
    "uk",
    "us",
    "xyz",
    "za",
];

/// Those that are as likely a field, a file or a word.
const AMBIGUOUS: &[&str] = &[
    "ac", "ai", "ar", "be", "bg", "cc", "cl", "co", "host", "hr", "id", "in", "int", "is", "it", "lt", "lu",
    "lv", "me", "my", "name", "no", "page", "pe", "ph", "pl", "pro", "py", "ro", "rs", "run", "sg", "sh",
    "si", "sk", "so", "th", "to", "vn", "ws", "zone",
];
