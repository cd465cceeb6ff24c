use super::scan::Scanner;

/// The first two lines with placeholders for what differs: `user 42 not found` is `user <int> not found`. At most 512
/// characters; `...` stands for what was cut. Done again it changes nothing.
///
/// Placeholders are Sentry's: `<email>`, `<url>`, `<hostname>`, `<ip>`, `<traceparent>`, `<uuid>`, `<sha256>`,
/// `<sha1>`, `<md5>`, `<date>`, `<duration>`, `<swift_txn_id>`, `<hex>`, `<git_sha>`, `<float>`, `<int>`, and right of
/// `=` `<quoted_str>` and `<bool>`. Beside them `<str>` for any text in `"`, as `Debug` writes it, `<path>` for a
/// file's path, and `<id>` for a long word of letters and digits. A list of equal placeholders is one.
///
/// Numbers that tell the cause stay: those behind `os error`, `status`, `code`, `SQLSTATE`, `HTTP`.
pub(crate) fn parameterise(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut scanner = Scanner::new(MOST);
    for line in lines.by_ref().take(2) {
        let (start, is_whole) = beginning(line);
        scanner.line(start);
        if !is_whole {
            scanner.cut();
        }
    }
    if lines.next().is_some() {
        scanner.cut();
    }
    scanner.finish()
}

/// As much as can matter, and whether it is all.
fn beginning(line: &str) -> (&str, bool) {
    let mut end = line.len().min(LONGEST);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    (line.get(..end).unwrap_or_default(), end == line.len())
}

/// Characters of a result.
const MOST: usize = 512;

/// Bytes of a line that are looked at.
const LONGEST: usize = 8 * 1_024;

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_is_a_placeholder() {
        for (message, parameterised) in [
            ("mail to ann.lee+x@mail.example.org bounced", "mail to <email> bounced"),
            ("GET https://user:pw@shop.example/a?b=1#c: refused", "GET <url>: refused"),
            ("cannot reach postgres://app:secret@db:5432/shop.", "cannot reach <url>."),
            ("resolve db-1.prod.example.com:5432", "resolve <hostname>:<int>"),
            ("DB.EXAMPLE.COM is down", "<hostname> is down"),
            ("connect 10.0.0.1:5432 from 192.168.7.255", "connect <ip>:<int> from <ip>"),
            ("bind [::1]:80, fe80::1%eth0 and 2001:db8::8a2e:370:7334", "bind [<ip>]:<int>, <ip> and <ip>"),
            (
                "trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 lost",
                "trace <traceparent> lost",
            ),
            ("Root=1-5759e988-bd862e3fe1be46a994272793", "Root=<traceparent>"),
            ("order 550e8400-e29b-41d4-a716-446655440000 is gone", "order <uuid> is gone"),
            ("d41d8cd98f00b204e9800998ecf8427e", "<md5>"),
            ("commit da39a3ee5e6b4b0d3255bfef95601890afd80709", "commit <sha1>"),
            ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "<sha256>"),
            ("at 2024-01-02T03:04:05.678Z or 2024-01-02 03:04:05 +01:00", "at <date> or <date>"),
            ("at 20240102T030405Z or 2024-01-02", "at <date> or <date>"),
            ("Tue, 02 Jan 2024 03:04:05 GMT / Tuesday, 02-Jan-24 03:04:05 GMT", "<date> / <date>"),
            (
                "Tue Jan 02 2024 03:04:05 GMT+0000 (UTC) or Jan  2 03:04:05 or 2 Jan 2024",
                "<date> or <date> or <date>",
            ),
            ("since 2024/01/02, 3:04 PM, 23:59:59.5", "since <date>"),
            ("datetime.datetime(2024, 1, 2, 3, 4) is naive", "<date> is naive"),
            ("after 12ms, 1.5s, 3.25µs, 1h2m or 300ns", "after <duration> or <duration>"),
            ("tx0123456789abcdef01234-0123456789-ams failed", "<swift_txn_id> failed"),
            ("at 0x7FFd12ab in deadbeef01 (DEADBEEF01), 1234567890", "at <hex> in <hex> (<hex>), <hex>"),
            ("revision a1b2c3d is unknown", "revision <git_sha> is unknown"),
            (
                "charge ch_3MmlrLK9eZvKYlo2C0 and 01HXZ3V4T5W6Y7Z8A9B0C1D2E3",
                "charge ch_3MmlrLK9eZvKYlo2C0 and <id>",
            ),
            ("got 42 of -7, +3.5e-7", "got <int> of <int>, <float>"),
            (
                "user=42 name=\"ann\" nick='x' ok=true, ok=False",
                "user=<int> name=<quoted_str> nick=<quoted_str> ok=<bool>, ok=<bool>",
            ),
            ("Some(\"a \\\" b\") of ThreadId(12)", "Some(<str>) of ThreadId(<int>)"),
            ("open /var/lib/shop/data.db: denied", "open <path>: denied"),
            ("open ~/x, ./a/b, ../c.txt and C:\\shop\\a.txt", "open <path> and <path>"),
            ("src/parse.rs:12:30 says so", "<path>:<int>:<int> says so"),
            ("expected value at line 3 column 14", "expected value at line <int> column <int>"),
            ("ids [1, 2, 3] and [4]", "ids [<int>] and [<int>]"),
        ] {
            assert_eq!(parameterise(message), parameterised, "{message}");
        }
    }

    #[test]
    fn what_tells_the_cause_stays() {
        for message in [
            "Connection refused (os error 111)",
            "HTTP status client error (404 Not Found)",
            "HTTP/1.1 503 Service Unavailable",
            "HTTP 502",
            "status code: 418",
            "exit status: 101",
            "error with status=500",
            "SQLSTATE[23000]",
            "SQLSTATE 23505",
            "PgDatabaseError { code: \"42P01\" }",
            "code: Some(\"23505\")",
            "base64 and utf8 and sha256",
            "shop::orders::take of Type::method",
            "and/or, read/write, n/a, application/json, text/vnd.api+json",
            "missing field `name`",
            "self.id is not user.name",
            "called `Option::unwrap()` on a `None` value",
            "worker7 and x86_64",
        ] {
            assert_eq!(parameterise(message), message);
        }
    }

    #[test]
    fn a_number_stays_only_right_behind_such_a_word() {
        assert_eq!(parameterise("status of user 42"), "status of user <int>");
        assert_eq!(parameterise("code 7 row 8"), "code 7 row <int>");
        assert_eq!(parameterise("order 8 (os error 2)"), "order <int> (os error 2)");
        assert_eq!(parameterise("error 17"), "error <int>");
    }

    #[test]
    fn two_lines_are_kept_and_512_characters() {
        assert_eq!(parameterise("\n a 1 \r\n\n b\n"), "a <int>\nb");
        assert_eq!(parameterise("a\nb\nc"), "a\nb...");
        let long = parameterise(&"ä 1 ".repeat(1_000));
        assert!(long.ends_with("...") && (500..=512).contains(&long.chars().count()), "{long}");
        assert_eq!(parameterise(&"x".repeat(600)), "...");
        assert_eq!(parameterise(""), "");
    }

    #[test]
    fn a_hundred_times_the_text_takes_no_more_than_its_share() {
        let hard =
            ["a.", "a@", "1.", "\"\\", "a-", ":", "/a", "a/", "0", "(", "ab:", "=\"", "2024-", "x://", "%"];
        for part in hard {
            let time = |count: usize| {
                let text = part.repeat(count);
                let started = Instant::now();
                parameterise(&text);
                started.elapsed().as_secs_f64()
            };
            // The best of several, as the machine has other things to do.
            let best = |count| (0..5).map(|_| time(count)).fold(f64::INFINITY, f64::min);
            let (short, long) = (best(40).max(2e-5), best(4_000));
            assert!(long < 100.0 * short * 8.0, "{part:?}: {short} s and {long} s");
        }
    }

    #[test]
    fn a_placeholder_makes_nothing_else_of_what_is_beside_it() {
        for message in
            ["\"/A\\\"", "\"x://A\\\"", "HTTP/.ab.2024", "db.com.5", "a@b.com-5", "12/abc", "1.2.3", "12-5"]
        {
            let once = parameterise(message);
            assert_eq!(parameterise(&once), once, "{message}");
        }
    }

    proptest! {
        #[test]
        fn done_again_it_changes_nothing(text in any::<String>()) {
            let once = parameterise(&text);
            prop_assert!(once.chars().count() <= 512);
            prop_assert_eq!(parameterise(&once), once);
        }

        #[test]
        fn done_again_it_changes_nothing_in_hard_text(text in HARD) {
            let once = parameterise(&text);
            prop_assert!(once.chars().count() <= 512);
            prop_assert_eq!(parameterise(&once), once);
        }
    }

    const HARD: &str = r#"( |\n|"|'|=|/|:|\.|-|,|, |\(|\)|<|>|@|\+|%|\\|~|é|_|os error |status |code |HTTP/|Some|true|tx|0x|::|://|Tue, |Jan |2024|01|7|12345678|ab|f|g|com|rs|ms|T|Z|<int>|datetime\.datetime\(){0,60}"#;
}
