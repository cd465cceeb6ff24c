//! Texts without their literals, rule by rule.

use super::{Dialect, LONGEST, Read, Statement, masked, whole};

use Dialect::{MySql, Other, PostgreSql, Sqlite};

fn check(dialects: &[Dialect], cases: &[(&str, &str)]) {
    for dialect in dialects {
        for (sql, text) in cases {
            assert_eq!(masked(*dialect, sql).text, *text, "{dialect:?}: {sql}");
            assert_eq!(masked(*dialect, text).text, *text, "{dialect:?}: again: {sql}");
        }
    }
}

const ALL: &[Dialect] = &[Other, PostgreSql, MySql, Sqlite];

#[test]
fn numbers_of_every_shape_are_masked() {
    check(
        ALL,
        &[
            (
                "SELECT 1, 1_000, 1., .5, 1.5e-3, 1E+5, 1e5, 0x1F, 0XFFe+1, 0b01, 0o17",
                "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ??, ?, ?",
            ),
            ("SELECT a-1, a - 1, a -1, (a)-1, 2*-3, - 4, -a", "SELECT a-?, a - ?, a ?, (a)-?, ?*?, - ?, -a"),
            ("SELECT 123abc, 5e, 0b0101x, 1a.b", "SELECT ?, ?, ?, ?"),
            (
                "SELECT a1, b_2, t3.c4 FROM d5 LIMIT 6 OFFSET 7",
                "SELECT a1, b_2, t3.c4 FROM d5 LIMIT ? OFFSET ?",
            ),
        ],
    );
}

#[test]
fn strings_of_every_shape_are_masked() {
    check(
        ALL,
        &[
            ("SELECT '', 'a', 'it''s', '\"', '--', '/*', 'x\ny'", "SELECT ?, ?, ?, ?, ?, ?, ?"),
            (
                "SELECT x'1F', B'01', N'a', n'b', U&'d', _utf8'e', DATE '2020-01-01'",
                "SELECT ?, ?, ?, ?, U&?, _utf8?, DATE ?",
            ),
            ("SELECT $$it's$$, $tag$ $$ '$tag$, $a_1$b$a_1$ FROM t", "SELECT ?, ?, ? FROM t"),
            (
                "SELECT INTERVAL '1' DAY, {d '2020-01-01'}, TRUE, false, NULL",
                "SELECT INTERVAL ? DAY, {d ?}, ?, ?, NULL",
            ),
            ("SELECT 'a' 'b', 'c'\n'd'", "SELECT ? ?, ?\n?"),
        ],
    );
    check(
        &[PostgreSql],
        &[(
            "SELECT E'it\\'s', e'\\\\', a::text, b->>'c', d ? 'e', f @> '{}'",
            "SELECT ?, ?, a::text, b->>?, d ? ?, f @> ?",
        )],
    );
}

#[test]
fn what_servers_read_differently_by_their_settings_is_masked_in_each_reading() {
    let escaped =
        [("SELECT 'it\\'s', a, 'b' FROM t", "SELECT ?, a, ? FROM t"), ("SELECT 'a\\\\', b", "SELECT ?, b")];
    check(&[MySql], &escaped);
    let ended = [("SELECT a LIKE 'b' ESCAPE '\\', 'c', d", "SELECT a LIKE ? ESCAPE ?, ?, d")];
    check(&[PostgreSql, Sqlite], &ended);
    for sql in [
        "SELECT 'a\\', 'b', \\'c\\' secret, 'd\\'",
        "SELECT 'a\\', secret, 'b\\', c, 'd",
        "SELECT a \\ secret",
    ] {
        for dialect in ALL {
            let text = masked(*dialect, sql).text;
            assert!(!text.contains("secret"), "{dialect:?}: {sql}: {text}");
        }
    }
}

#[test]
fn double_quotes_are_names_where_they_cannot_be_strings() {
    let sql = "SELECT \"id\", \"t\".\"name\" FROM \"t\" WHERE a = \"secret\"";
    check(&[PostgreSql], &[(sql, sql)]);
    check(&[MySql, Sqlite, Other], &[(sql, "SELECT ?, \"t\".\"name\" FROM \"t\" WHERE a = ?")]);
    check(&[MySql, Sqlite, Other], &[("SELECT \"secret\".5, \"t\".*", "SELECT ??, \"t\".*")]);
    let commands = [
        ("DESC SELECT id, \"secret\" FROM t", "DESC SELECT id, ? FROM t"),
        ("ANALYZE FORMAT=JSON SELECT a, \"secret\" FROM t", "ANALYZE FORMAT=JSON SELECT a, ? FROM t"),
        ("VACUUM INTO \"secret\"", "VACUUM INTO ?"),
        ("CREATE USER \"secret\" IDENTIFIED BY \"secret\"", "CREATE USER ? IDENTIFIED BY ?"),
    ];
    check(&[MySql, Sqlite, Other], &commands);
    check(ALL, &[("INSERT INTO \"a b\" (`c`) VALUES ('d')", "INSERT INTO \"a b\" (`c`) VALUES (?)")]);
    check(ALL, &[("SELECT * FROM \"it's\", `a--b`, `c`", "SELECT * FROM ?, ?, `c`")]);
}

#[test]
fn a_list_of_values_after_in_becomes_one() {
    check(
        ALL,
        &[
            (
                "SELECT 1 WHERE a IN (1, 2,\n3) AND b NOT IN('x' , 'y')",
                "SELECT ? WHERE a IN (?) AND b NOT IN(?)",
            ),
            ("SELECT 1 WHERE a IN (-1, -2, +3)", "SELECT ? WHERE a IN (?)"),
            ("SELECT 1 WHERE a IN (?, ?, 3)", "SELECT ? WHERE a IN (?)"),
            ("SELECT 1 WHERE a IN (1, b, 2, 3)", "SELECT ? WHERE a IN (?, b, ?, ?)"),
            ("SELECT 1 WHERE (a, b) IN ((1, 2), (3, 4))", "SELECT ? WHERE (a, b) IN ((?, ?), (?, ?))"),
            ("SELECT f(1, 2), min (3, 4)", "SELECT f(?, ?), min (?, ?)"),
        ],
    );
}

#[test]
fn comments_are_left_out_and_never_join_words() {
    check(
        ALL,
        &[
            ("/* route='/a' */ SELECT a/* 'b */FROM/**/t -- it's", " SELECT a FROM t "),
            ("SELECT 1 - /**/ -1", "SELECT ? -  ?"),
            ("SELECT -/**/- a/**/-1", "SELECT - - a ?"),
            ("SELECT a /* b */", "SELECT a "),
        ],
    );
    check(&[PostgreSql], &[("SELECT /* a /* b */ 'c */ d", "SELECT  d")]);
    check(
        &[MySql],
        &[("SELECT 1 # don't\n, 2", "SELECT ? \n, ?"), ("SELECT 2 -- it's\n, 5--3", "SELECT ? \n, ?-?")],
    );
    check(&[MySql], &[("/*!40101 SET a */ SELECT 1 /*! + 'x*/' */", " SELECT ? ?")]);
}

#[test]
fn parameters_stay() {
    check(
        &[PostgreSql],
        &[("SELECT $1, $2::int FROM t WHERE a = $3", "SELECT $1, $2::int FROM t WHERE a = $3")],
    );
    check(&[MySql], &[("SELECT ?, @a, @@b.c, @d := 1", "SELECT ?, @a, @@b.c, @d := ?")]);
    check(&[Sqlite], &[("SELECT ?, :a, @b, $c", "SELECT ?, :a, @b, $c")]);
    check(&[Other], &[("SELECT $12.50, $c", "SELECT ??, $c")]);
}

#[test]
fn what_cannot_be_read_is_masked_to_the_end() {
    check(
        ALL,
        &[
            ("SELECT a, 'secret FROM b", "SELECT a, ?"),
            ("SELECT a, \"secret FROM b", "SELECT a, ?"),
            ("SELECT a, `secret FROM b", "SELECT a, ?"),
            ("SELECT a, $$secret FROM b", "SELECT a, ?"),
            ("SELECT a, $x$secret $X$ FROM b", "SELECT a, ?"),
            ("SELECT a /* secret", "SELECT a ?"),
            ("SELECT a \0 secret", "SELECT a ?"),
            ("SELECT q'[it's]' secret", "SELECT ?"),
        ],
    );
    check(&[Sqlite, Other], &[("SELECT a, [secret", "SELECT a, ?")]);
}

#[test]
fn a_text_ends_at_a_token_within_its_length() {
    let sql = format!("SELECT {} FROM t", "column_name, ".repeat(1000));
    for text in [masked(PostgreSql, &sql).text, whole(PostgreSql, &sql).text] {
        assert!(text.len() <= LONGEST && text.len() > LONGEST - 20, "{}", text.len());
        assert!(text.ends_with("column_name") || text.ends_with(", ") || text.ends_with(','), "{text}");
    }
    let long = format!("SELECT '{}' FROM t", "ü".repeat(LONGEST));
    assert_eq!(whole(PostgreSql, &long).text, "SELECT ");
    let Read { summary, text, .. } = masked(PostgreSql, &long);
    assert_eq!((summary.as_str(), text.as_str()), ("SELECT t", "SELECT ? FROM t"));
}

#[test]
fn a_statement_with_parameters_keeps_its_text() {
    let sql = "SELECT 'a' -- b\nFROM t WHERE c = $1";
    let statement = Statement::new(PostgreSql, sql, true);
    assert_eq!(statement.text.unwrap().as_str(), sql);
    assert_eq!(statement.summary.as_str(), "SELECT t");
}
