//! What holds for every text, the more so for those that nobody thought of.
//!
//! Literals are made of digits and of the capitals in [`MARKS`], and nothing else is.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{Dialect, LONGEST, Read, dialect::Reading, lexer::Lexer, masked, whole};

const DIALECTS: [Dialect; 4] = [Dialect::Other, Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite];

const MARKS: &str = "QXZJ";

/// A server as it may be set, and the dialect that it is known as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server {
    pub(super) dialect: Dialect,
    has_escapes: bool,
    pub(super) is_usual: bool,
}

pub(super) const SERVERS: [Server; 5] = [
    Server { dialect: Dialect::PostgreSql, has_escapes: false, is_usual: true },
    Server { dialect: Dialect::PostgreSql, has_escapes: true, is_usual: false },
    Server { dialect: Dialect::MySql, has_escapes: true, is_usual: true },
    Server { dialect: Dialect::MySql, has_escapes: false, is_usual: false },
    Server { dialect: Dialect::Sqlite, has_escapes: false, is_usual: true },
];

pub(super) fn has_marks(text: &str) -> bool {
    text.contains(|char: char| MARKS.contains(char) || char.is_ascii_digit())
}

fn mark() -> impl Strategy<Value = String> {
    "[QXZJ0-9 ]{1,6}"
}

/// What makes a reader stumble, in the form that it has between single or double quotes.
pub(super) fn inside(server: Server, quote: &'static str) -> impl Strategy<Value = String> {
    let escapes: &[&str] =
        if server.has_escapes { &["\\'", "\\\"", "\\\\", "\\n", "\\\\\\'"] } else { &["\\", "\\\\"] };
    let nasty = ["--", "--\n", "/*", "*/", "#", "$$", "$a$", "[", "]", ";", "\n", "\r", "`", "(", ")", ","];
    let other = if quote == "'" { "\"" } else { "'" };
    let doubled = quote.repeat(2);
    let bits = [other, " "]
        .into_iter()
        .chain(escapes.iter().copied())
        .chain(nasty)
        .map(str::to_owned)
        .chain([doubled]);
    vec(prop_oneof![mark(), select(bits.collect::<Vec<_>>())], 0..8).prop_map(|parts| parts.concat())
}

fn string(server: Server) -> BoxedStrategy<String> {
    let plain = inside(server, "'").prop_map(|text| format!("'{text}'"));
    let escaped = Server { has_escapes: true, ..server };
    match server.dialect {
        Dialect::PostgreSql => {
            let dollars = ("[a-z]{0,3}", inside(server, "'"))
                .prop_filter("ends in the text", |(tag, text)| {
                    !format!("{text}$").contains(&format!("${tag}$"))
                })
                .prop_map(|(tag, text)| format!("${tag}${text}${tag}$"));
            let extended = inside(escaped, "'").prop_map(|text| format!("E'{text}'"));
            prop_oneof![plain, dollars, extended].boxed()
        }
        Dialect::MySql => {
            prop_oneof![plain, inside(server, "\"").prop_map(|text| format!("= \"{text}\""))].boxed()
        }
        _ => plain.boxed(),
    }
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "[+-]?[0-9]{1,9}",
        "[0-9]{1,3}(_[0-9]{3}){1,2}",
        "[0-9]{0,3}\\.[0-9]{1,4}(e[+-]?[0-9]{1,2})?",
        "0x[0-9a-f]{1,8}",
        "0b[01]{1,8}",
        "x'[0-9]{2}'",
        "[0-9]{1,4}\\."
    ]
}

/// A comment, or a name in quotes, with anything in it but a literal.
fn aside(server: Server) -> BoxedStrategy<String> {
    let nasty = "([a-z '\"\\[\\]\\\\$]|--|#){0,6}";
    let line = nasty.prop_map(|text| format!("-- {text}\n"));
    let block = "([a-z '\"\\[\\]\\\\$]|--|#|\n){0,6}".prop_map(|text| format!("/* {text} */"));
    let nested = nasty.prop_map(|text| format!("/* {text} /* {text} */ */"));
    let ticks = "[a-z '\"\\[\\]#]{1,6}".prop_map(|text| format!("`{text}`"));
    match server.dialect {
        Dialect::PostgreSql => {
            let quoted = "[a-z '\\[\\]#]{1,6}".prop_map(|text| format!("\"{text}\""));
            prop_oneof![line, block, nested, quoted].boxed()
        }
        Dialect::MySql => {
            prop_oneof![line, block, nasty.prop_map(|text| format!("#{text}\n")), ticks].boxed()
        }
        _ => {
            let brackets = "[a-z '\"#]{1,6}".prop_map(|text| format!("[{text}]"));
            prop_oneof![line, block, ticks, brackets].boxed()
        }
    }
}

fn code(server: Server) -> BoxedStrategy<String> {
    let words = [
        "select ",
        " from ",
        " where ",
        "a",
        "b.c",
        " in (",
        "(",
        ")",
        ", ",
        ",",
        " = ",
        "+",
        " - ",
        "insert into t values (",
        " and ",
        "; ",
        " join u on ",
        "update t set a = ",
        " as ",
        "::text",
        " values ",
        "with x as (",
        " or ",
        "\n",
    ];
    let own: &[&str] = match server.dialect {
        Dialect::PostgreSql => &["->>", "#>>", "@>", "array[", "]", "d ? "],
        Dialect::MySql => &["@a", " := ", "- -"],
        _ => &[":a", "||"],
    };
    select(words.iter().chain(own).map(|word| (*word).to_owned()).collect::<Vec<_>>()).boxed()
}

fn statement(server: Server) -> impl Strategy<Value = String> {
    let literal = prop_oneof![string(server), number()].prop_map(|literal| format!(" {literal} "));
    let part = prop_oneof![3 => code(server), 3 => literal, 1 => aside(server)];
    vec(part, 0..14).prop_map(|parts| parts.concat())
}

fn served() -> impl Strategy<Value = (Server, String)> {
    select(&SERVERS).prop_flat_map(|server| statement(server).prop_map(move |sql| (server, sql)))
}

fn soup() -> impl Strategy<Value = String> {
    vec(select(&SOUP[..]), 0..40).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_literal_of_a_statement_is_left_in_any_dialect((server, sql) in served()) {
        for dialect in DIALECTS {
            // PostgreSQL knows no strings in double quotes, however it is set.
            if dialect == Dialect::PostgreSql && server.dialect == Dialect::MySql && sql.contains('"') {
                continue;
            }
            let Read { summary, text, .. } = masked(dialect, &sql);
            prop_assert!(!has_marks(&summary) && !has_marks(&text), "{:?}: {} / {}", dialect, summary, text);
        }
    }

    #[test]
    fn no_literal_of_a_broken_statement_is_left((server, sql) in served(), place in any::<prop::sample::Index>()) {
        let sql = sql.get(..sql.floor_char_boundary(place.index(sql.len() + 1))).unwrap();
        for dialect in DIALECTS {
            if dialect == Dialect::Other || (dialect == server.dialect && server.is_usual) {
                let Read { summary, text, .. } = masked(dialect, sql);
                prop_assert!(!has_marks(&summary) && !has_marks(&text), "{:?}: {} / {}", dialect, summary, text);
            }
        }
    }

    #[test]
    fn a_text_without_literals_stays_as_it_is(sql in prop_oneof![soup(), served().prop_map(|(_, sql)| sql)]) {
        for dialect in DIALECTS {
            let Read { text, .. } = masked(dialect, &sql);
            prop_assert_eq!(&masked(dialect, &text).text, &text, "{:?}", dialect);
        }
    }

    #[test]
    fn the_tokens_of_a_text_are_the_text(sql in prop_oneof![soup(), any::<String>()]) {
        for reading in Reading::ALL {
            prop_assert_eq!(Lexer::new(&sql, reading).map(|token| token.text).collect::<String>(), &*sql);
        }
    }

    #[test]
    fn any_text_has_a_bounded_summary_and_text(sql in prop_oneof![soup(), any::<String>()], times in 1..400_usize) {
        let sql = sql.repeat(times);
        for dialect in DIALECTS {
            for Read { summary, text, .. } in [masked(dialect, &sql), whole(dialect, &sql)] {
                prop_assert!(summary.chars().count() <= 255 && text.len() <= LONGEST);
            }
        }
    }
}

#[test]
fn a_hostile_text_takes_no_longer_than_another_of_its_length() {
    let patterns = [
        "(",
        "((select ",
        "'\\'",
        "\\'",
        "$a$ ",
        "$$",
        "/*",
        "*/",
        "/*/",
        "--",
        "-- \r",
        "#",
        "[",
        "\"",
        "a.",
        "from a,",
        "1e+",
        "with a as (",
        "in (1,",
        "- ",
        "`",
        "::",
        "ü",
        "/**/",
        "select * from a join ",
        "''",
    ];
    for (pattern, start) in
        patterns.into_iter().zip(["", "'", "select * from ", "/*", "# \\' "].into_iter().cycle())
    {
        let sql = format!("{start}{}", pattern.repeat(1_000_000 / pattern.len()));
        for dialect in DIALECTS {
            assert!(Lexer::new(&sql, dialect.reading()).count() <= sql.len());
            assert!(masked(dialect, &sql).text.len() <= LONGEST);
            assert!(whole(dialect, &sql).text.len() <= LONGEST);
        }
    }
}

const SOUP: [&str; 50] = [
    "'", "'", "\"", "`", "$", "$$", "$a$", "\\", "\\'", "#", "[", "]", "(", ")", ",", "/*", "*/", "--", "-",
    "\n", "\r", " ", "a", "in", "from", "select", "with", "as", "1", ".", "e", "x'", "E'", "?", ":", "@",
    ";", "ü", "\0", "q'", "join", "/*!", "update", "create", "table", "true", "\u{feff}", "insert", "call",
    "+",
];
