//! Summaries, statement by statement.

use super::{Dialect, masked, whole};

fn check(dialect: Dialect, cases: &[(&str, &str)]) {
    for (sql, summary) in cases {
        assert_eq!(masked(dialect, sql).summary, *summary, "{dialect:?}: {sql}");
        assert_eq!(whole(dialect, sql).summary, *summary, "{dialect:?}: {sql}");
    }
}

fn check_everywhere(cases: &[(&str, &str)]) {
    for dialect in [Dialect::Other, Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite] {
        check(dialect, cases);
    }
}

#[test]
fn a_select_names_its_tables_in_the_order_of_the_text() {
    check_everywhere(&[
        ("SELECT x, y, z FROM schema.table", "SELECT schema.table"),
        ("SELECT * FROM t1 LEFT JOIN t2 ON t1.id = t2.id JOIN t3 ON t2.x = t3.x", "SELECT t1 t2 t3"),
        (
            "SELECT * FROM a NATURAL FULL OUTER JOIN b, c AS d INNER JOIN e USING (id, no), f",
            "SELECT a b c e f",
        ),
        ("select col from table1 as t1, table2 as t2", "select table1 table2"),
        ("select col from table order by col, col2", "select table"),
        ("SELECT a FROM b WHERE c = 1 GROUP BY d, e HAVING f > 2 ORDER BY g, h LIMIT 3, 4", "SELECT b"),
        (
            "SELECT count(*) OVER (PARTITION BY a, b ORDER BY c) FROM d WINDOW w AS (ORDER BY e), v AS (ORDER BY f)",
            "SELECT d",
        ),
        ("SELECT * FROM ONLY parent", "SELECT parent"),
        ("SELECT * FROM (TABLE)", "SELECT TABLE"),
        ("SELECT * FROM (a JOIN b ON a.x = b.x), c", "SELECT a b c"),
        ("SELECT a . b FROM c . d . e x", "SELECT c.d.e"),
        ("SELECT * FROM t1 CROSS APPLY t2", "SELECT t1 t2"),
        ("SELECT * INTO new FROM old", "SELECT new old"),
        ("SELECT ąś∂ń© FROM źćļńĶ ORDER BY col", "SELECT źćļńĶ"),
        ("SELECT * FROM insert WHERE x = 1", "SELECT insert"),
        ("SELECT insert, update FROM mytable delete", "SELECT mytable"),
        ("SELECT next value in hibernate_sequence", "SELECT"),
        ("SELECT 1", "SELECT"),
    ]);
}

#[test]
fn quoted_identifiers_keep_their_quotes() {
    check_everywhere(&[
        ("SELECT * FROM \"song list\"", "SELECT \"song list\""),
        ("SELECT * FROM \"a\".\"b c\", `d`.e, \"f\" x", "SELECT \"a\".\"b c\" `d`.e \"f\""),
        ("INSERT INTO \"db table\" (a) VALUES (1)", "INSERT \"db table\""),
        ("UPDATE `my table` SET a = 1", "UPDATE `my table`"),
    ]);
    let brackets = [
        ("SELECT [column] FROM [schema].[my table] WHERE [field] = 1", "SELECT [schema].[my table]"),
        ("SELECT a[1], b[c] FROM d", "SELECT d"),
    ];
    check(Dialect::Sqlite, &brackets);
    check(Dialect::Other, &brackets);
    check(Dialect::PostgreSql, &[("SELECT a[1], ARRAY['x', 'y'], b[c:d] FROM e", "SELECT e")]);
}

#[test]
fn each_query_inside_a_query_is_an_operation() {
    check_everywhere(&[
        ("SELECT * FROM (SELECT * FROM t1) sub, t3", "SELECT SELECT t1 t3"),
        ("SELECT * FROM a, (SELECT * FROM b), c", "SELECT a SELECT b c"),
        ("select x, (select a from b) as z from table", "select select b table"),
        (
            "select id, (select max(foo) from (select foo from foos union all select foo from bars)) from main",
            "select select select foos select bars main",
        ),
        (
            "select col from t where col in (select * from u where v = any (select w from x))",
            "select t select u select x",
        ),
        ("SELECT * FROM a UNION SELECT * FROM b EXCEPT SELECT * FROM c", "SELECT a SELECT b SELECT c"),
        ("(SELECT a FROM b) INTERSECT (SELECT c FROM d)", "SELECT b SELECT d"),
        ("SELECT * FROM t1, LATERAL (SELECT * FROM t2 WHERE t2.id = t1.id) x ON true", "SELECT t1 SELECT t2"),
        (
            "UPDATE t1 SET x = (SELECT y FROM t2), z = 3 WHERE EXISTS (SELECT 1 FROM t3)",
            "UPDATE t1 SELECT t2 SELECT t3",
        ),
        ("DELETE FROM t1 WHERE x IN (SELECT y FROM t2)", "DELETE t1 SELECT t2"),
        ("SELECT * FROM (VALUES (1, 2), (3, 4)) AS t(a, b)", "SELECT"),
    ]);
}

#[test]
fn what_a_function_is_called_with_or_returns_is_no_table() {
    check_everywhere(&[
        ("SELECT EXTRACT(YEAR FROM created), TRIM(LEADING 'x' FROM name) FROM a", "SELECT a"),
        ("SELECT SUBSTRING(b FROM 2 FOR 3) FROM a WHERE c IS NOT DISTINCT FROM d", "SELECT a"),
        ("SELECT * FROM generate_series(1, 10) g, unnest($1) AS u JOIN a ON TRUE", "SELECT a"),
        ("SELECT REPLACE(a, 'b', 'c'), INSERT('a', 1, 2, 'b'), TRUNCATE(1.5, 1) FROM d", "SELECT d"),
    ]);
}

#[test]
fn common_table_expressions_are_no_targets_but_their_queries_count() {
    check_everywhere(&[
        ("WITH cte AS (SELECT a FROM b) SELECT * FROM cte", "SELECT b SELECT"),
        ("WITH subquery as (select a from b) SELECT x FROM table", "select b SELECT table"),
        (
            "WITH a AS (SELECT * FROM t1), b (x, y) AS MATERIALIZED (SELECT * FROM t2) SELECT * FROM A JOIN b ON a.id = b.id",
            "SELECT t1 SELECT t2 SELECT",
        ),
        (
            "WITH RECURSIVE cte AS (SELECT id FROM t UNION ALL SELECT t.id FROM t JOIN cte ON t.p = cte.id) SELECT * FROM cte",
            "SELECT t SELECT t SELECT",
        ),
        ("WITH cte AS (VALUES (1, 'a'), (2, 'b')) SELECT * FROM cte", "SELECT"),
        (
            "WITH gone AS (DELETE FROM a USING b WHERE a.id = b.id RETURNING *) INSERT INTO c SELECT * FROM gone",
            "DELETE a b INSERT c SELECT",
        ),
        ("WITH x AS (SELECT 1) UPDATE t SET a = 1 FROM x", "SELECT UPDATE t"),
        ("INSERT INTO t WITH x AS (SELECT a FROM b) SELECT * FROM x", "INSERT t SELECT b SELECT"),
        ("SELECT * FROM (WITH x AS (SELECT a FROM b) SELECT * FROM x) y", "SELECT SELECT b SELECT"),
    ]);
}

#[test]
fn changes_of_rows_name_their_table() {
    check_everywhere(&[
        (
            "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b, c = 1",
            "INSERT t",
        ),
        ("INSERT INTO t SELECT * FROM u ON DUPLICATE KEY UPDATE a = 1, b = 2", "INSERT t SELECT u"),
        ("INSERT OR REPLACE INTO t VALUES (1)", "INSERT t"),
        ("INSERT LOW_PRIORITY IGNORE t VALUES (1)", "INSERT t"),
        ("INSERT INTO t DEFAULT VALUES RETURNING id, name", "INSERT t"),
        ("REPLACE INTO db.t (col) VALUES (1)", "REPLACE db.t"),
        ("update table set answer=42, b=1", "update table"),
        ("UPDATE ONLY t AS x SET a = u.a FROM u, v WHERE x.id = u.id RETURNING x.a, x.b", "UPDATE t u v"),
        ("UPDATE a JOIN b ON a.id = b.id, c SET a.x = 1, b.y = 2", "UPDATE a b c"),
        ("UPDATE OR IGNORE t SET a = 1", "UPDATE t"),
        ("DELETE FROM t WHERE a = 1 RETURNING b, c", "DELETE t"),
        ("DELETE FROM a USING b JOIN c USING (id) WHERE a.id = b.id", "DELETE a b c"),
        ("DELETE t1 FROM t1 JOIN t2 ON t1.a = t2.a", "DELETE t1 t2"),
        ("SELECT a FROM t FOR UPDATE", "SELECT t"),
        ("SELECT a FROM t JOIN u ON t.a = u.a FOR NO KEY UPDATE OF t, u SKIP LOCKED", "SELECT t u"),
        (
            "MERGE INTO t AS x USING s ON x.a = s.a WHEN MATCHED THEN UPDATE SET b = s.b, c = 1 WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)",
            "MERGE t s",
        ),
        ("MERGE INTO t USING (SELECT a FROM b) s ON t.a = s.a WHEN MATCHED THEN DELETE", "MERGE t SELECT b"),
        ("delete from 12345678", "delete"),
        ("delete   (((", "delete"),
    ]);
}

#[test]
fn changes_of_the_schema_keep_two_words() {
    check_everywhere(&[
        ("CREATE TABLE IF NOT EXISTS a.b (id INT PRIMARY KEY, c INT REFERENCES d (id))", "CREATE TABLE a.b"),
        ("CREATE TEMP TABLE t AS SELECT a FROM b", "CREATE TABLE t SELECT b"),
        (
            "CREATE OR REPLACE VIEW v (x) AS WITH c AS (SELECT a FROM b) SELECT * FROM c",
            "CREATE VIEW v SELECT b SELECT",
        ),
        ("CREATE MATERIALIZED VIEW v AS (SELECT a FROM b)", "CREATE VIEW v SELECT b"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a, b)", "CREATE INDEX i"),
        ("CREATE INDEX ON t (a)", "CREATE INDEX t"),
        ("ALTER TABLE IF EXISTS ONLY t ADD COLUMN a INT DEFAULT 1, DROP COLUMN b", "ALTER TABLE t"),
        ("DROP TABLE IF EXISTS a, b.c CASCADE", "DROP TABLE a b.c"),
        ("DROP FUNCTION f(int, text), g(int)", "DROP FUNCTION f g"),
        (
            "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE u SET a = 1; DELETE FROM v; END",
            "CREATE TRIGGER x",
        ),
        ("CREATE FUNCTION f(a int) RETURNS int AS $$ SELECT a FROM b $$ LANGUAGE sql", "CREATE FUNCTION f"),
        ("CREATE POLICY p ON t FOR SELECT USING (a = 1)", "CREATE POLICY p"),
        ("CREATE USER a WITH PASSWORD 'b' IN ROLE c, d", "CREATE USER a"),
        ("ALTER ROLE a SET b = 'c'", "ALTER ROLE a"),
        ("DROP USER IF EXISTS a, b", "DROP USER a b"),
        ("TRUNCATE TABLE ONLY a, b RESTART IDENTITY", "TRUNCATE TABLE a b"),
        ("TRUNCATE users", "TRUNCATE users"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "REFRESH MATERIALIZED VIEW v"),
        ("RENAME TABLE a TO b, c TO d", "RENAME TABLE a c"),
    ]);
}

#[test]
fn other_commands_are_named_too() {
    check_everywhere(&[
        ("CALL db.test_proc(1, 2)", "CALL db.test_proc"),
        ("{call some_procedure(?)}", "call some_procedure"),
        ("{? = call f(?)}", "call f"),
        ("EXECUTE db.my_procedure @param=1", "EXECUTE db.my_procedure"),
        ("EXEC @result = p", "EXEC p"),
        ("EXPLAIN SELECT * FROM users", "EXPLAIN SELECT users"),
        ("EXPLAIN (ANALYZE, FORMAT JSON) UPDATE t SET a = 1", "EXPLAIN UPDATE t"),
        ("EXPLAIN QUERY PLAN WITH a AS (SELECT 1) SELECT * FROM b", "EXPLAIN SELECT SELECT b"),
        ("BEGIN", "BEGIN"),
        ("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY", "BEGIN TRANSACTION"),
        ("START TRANSACTION", "START TRANSACTION"),
        ("COMMIT", "COMMIT"),
        ("SAVEPOINT _sqlx_savepoint_1", "SAVEPOINT"),
        ("RELEASE SAVEPOINT _sqlx_savepoint_1", "RELEASE SAVEPOINT"),
        ("ROLLBACK TO SAVEPOINT a", "ROLLBACK TO SAVEPOINT"),
        ("SET search_path TO a, b", "SET"),
        ("SET @a = (SELECT max(b) FROM c)", "SET SELECT c"),
        ("SHOW CREATE TABLE users", "SHOW"),
        ("LOCK TABLE users IN EXCLUSIVE MODE", "LOCK TABLE users"),
        ("LOCK TABLES users WRITE, orders READ", "LOCK TABLES users orders"),
        ("VACUUM (FULL, ANALYZE) t", "VACUUM t"),
        ("VACUUM FULL VERBOSE a, b", "VACUUM a b"),
        ("ANALYZE", "ANALYZE"),
        ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys"),
        ("PRAGMA table_info(users)", "PRAGMA table_info"),
        ("COPY t (a, b) FROM STDIN WITH (FORMAT csv)", "COPY t"),
        ("COPY (SELECT a FROM b) TO STDOUT", "COPY SELECT b"),
        ("USE `my database`", "USE `my database`"),
        ("LISTEN jobs", "LISTEN jobs"),
        ("GRANT SELECT, UPDATE ON users TO some_user", "GRANT"),
        ("REVOKE ALL ON a FROM b, c", "REVOKE"),
        ("DECLARE c CURSOR WITH HOLD FOR SELECT a FROM b", "DECLARE SELECT b"),
        ("PREPARE p (int) AS INSERT INTO t VALUES ($1)", "PREPARE INSERT t"),
        ("FETCH 10 FROM c", "FETCH"),
        ("VALUES (1), (2)", "VALUES"),
        ("DO $$ BEGIN DELETE FROM a; END $$", "DO"),
        ("ATTACH DATABASE 'a.db' AS b", "ATTACH DATABASE"),
        ("and now for something completely different", ""),
        (" ; /* only a comment */ ;; ", ""),
        ("", ""),
    ]);
}

#[test]
fn statements_in_a_row_are_summarised_in_a_row() {
    check_everywhere(&[
        ("SELECT * FROM t1; INSERT INTO t2 VALUES (1);", "SELECT t1 INSERT t2"),
        ("SELECT (1; DELETE FROM a", "SELECT DELETE a"),
        ("WITH a AS (SELECT 1) SELECT * FROM a; SELECT * FROM a", "SELECT SELECT SELECT a"),
    ]);
}

#[test]
fn comments_change_nothing() {
    check_everywhere(&[
        ("/* update comment */ select/**/*/**/from/**/table1 -- from x\n, table2", "select table1 table2"),
        ("-- it's DELETE FROM old\nSELECT * FROM/* a */users/* . b */", "SELECT users"),
    ]);
    check(Dialect::MySql, &[("# don't FROM x\nSELECT * FROM a # FROM b\n, c", "SELECT a c")]);
    check(Dialect::PostgreSql, &[("SELECT a #>> '{b,c}' FROM t /* FROM /* x */ y */, u", "SELECT t u")]);
}

#[test]
fn a_summary_ends_before_the_word_that_makes_it_too_long() {
    let tables =
        |range: std::ops::Range<u32>| range.map(|number| format!("t{number:03}")).collect::<Vec<_>>();
    let sql = format!("SELECT * FROM {}", tables(0..100).join(", "));
    check_everywhere(&[(&sql, &format!("SELECT {}", tables(0..49).join(" ")))]);
    let long = "ü".repeat(248);
    check_everywhere(&[
        (&format!("SELECT * FROM {long}, b"), &format!("SELECT {long}")),
        (&format!("SELECT * FROM {long}ü, b"), "SELECT"),
    ]);
}
