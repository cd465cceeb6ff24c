//! The cases that come with the semantic conventions for databases.

use super::{Dialect, Read, masked};

const DIALECTS: [Dialect; 4] = [Dialect::Other, Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite];

#[test]
fn the_cases_of_the_convention_hold_in_every_dialect() {
    for (query, texts, summary) in CASES {
        for dialect in DIALECTS {
            let Read { summary: found, text, .. } = masked(dialect, query);
            assert!(texts.contains(&&*text), "{dialect:?}: {query}: {text}");
            assert_eq!(found, *summary, "{dialect:?}: {query}");
        }
    }
}

/// A query, the texts that are right, and its summary.
type Case = (&'static str, &'static [&'static str], &'static str);

const CASES: &[Case] = &[
    ("SELECT 12, -12, +12", &["SELECT ?, ?, ?"], "SELECT"),
    ("SELECT 12.34, -12.34, +12.34, .01, -.01", &["SELECT ?, ?, ?, ?, ?"], "SELECT"),
    ("SELECT 12.34e56, -12.34e56, +12.34e56", &["SELECT ?, ?, ?"], "SELECT"),
    ("SELECT 12.34e-56, -12.34e-56, +12.34e-56", &["SELECT ?, ?, ?"], "SELECT"),
    ("SELECT 99+100", &["SELECT ??"], "SELECT"),
    ("SELECT 0xDEADBEEF, 0XdeadBEEF", &["SELECT ?, ?"], "SELECT"),
    ("SELECT 'hello'", &["SELECT ?"], "SELECT"),
    ("SELECT 'My name''s not important'", &["SELECT ?"], "SELECT"),
    ("SELECT 'My name is \n not important'", &["SELECT ?"], "SELECT"),
    (
        "SELECT c3po, r2d2 FROM covid19 WHERE n1h1=1234",
        &["SELECT c3po, r2d2 FROM covid19 WHERE n1h1=?"],
        "SELECT covid19",
    ),
    (
        "SELECT a FROM dbo.Table JOIN dbo.AnotherTable",
        &["SELECT a FROM dbo.Table JOIN dbo.AnotherTable"],
        "SELECT dbo.Table dbo.AnotherTable",
    ),
    ("INSERT INTO X VALUES(1, 23456, 123.456, 99+100)", &["INSERT INTO X VALUES(?, ?, ?, ??)"], "INSERT X"),
    ("SELECT { guid '01234567-89ab-cdef-0123-456789abcdef' }", &["SELECT { guid ? }"], "SELECT"),
    (
        "SELECT * FROM table WHERE value IN (123, 456, 'abc')",
        &["SELECT * FROM table WHERE value IN (?)", "SELECT * FROM table WHERE value IN (?, ?, ?)"],
        "SELECT table",
    ),
    (
        "SELECT column -- end of line comment\nFROM /* block \n comment */ table",
        &["SELECT column \nFROM  table"],
        "SELECT table",
    ),
    (
        "INSERT INTO shipping_details\n(order_id,\naddress)\nSELECT order_id,\naddress\nFROM   orders\nWHERE  order_id = 1",
        &[
            "INSERT INTO shipping_details\n(order_id,\naddress)\nSELECT order_id,\naddress\nFROM   orders\nWHERE  order_id = ?",
        ],
        "INSERT shipping_details SELECT orders",
    ),
    (
        "SELECT order_date\nFROM   (SELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)",
        &[
            "SELECT order_date\nFROM   (SELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)",
        ],
        "SELECT SELECT orders customers",
    ),
    (
        "SELEcT order_date\nFROM   (sELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)",
        &[
            "SELEcT order_date\nFROM   (sELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)",
        ],
        "SELEcT sELECT orders customers",
    ),
    ("SELEcT order_date\nFROM ORders", &["SELEcT order_date\nFROM ORders"], "SELEcT ORders"),
    (
        "SELECT * FROM Orders o CROSS JOIN OrderDetails od",
        &["SELECT * FROM Orders o CROSS JOIN OrderDetails od"],
        "SELECT Orders OrderDetails",
    ),
    (
        "SELECT * FROM Orders o, OrderDetails od",
        &["SELECT * FROM Orders o, OrderDetails od"],
        "SELECT Orders OrderDetails",
    ),
    (
        "CREATE  TABLE MyTable (\n    ID NOT NULL IDENTITY(1,1) PRIMARY KEY\n)",
        &["CREATE  TABLE MyTable (\n    ID NOT NULL IDENTITY(?,?) PRIMARY KEY\n)"],
        "CREATE TABLE MyTable",
    ),
    (
        "ALTER  TABLE MyTable ADD Name varchar(255)",
        &["ALTER  TABLE MyTable ADD Name varchar(?)"],
        "ALTER TABLE MyTable",
    ),
    ("DROP  TABLE MyTable", &["DROP  TABLE MyTable"], "DROP TABLE MyTable"),
];
