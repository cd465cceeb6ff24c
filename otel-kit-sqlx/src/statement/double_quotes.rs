//! Strings in double quotes, wherever the grammars of MySQL and SQLite have room for a string.

use proptest::{prelude::*, sample::select};

use super::{
    Dialect, Read, masked,
    properties::{SERVERS, Server, has_marks, inside},
};

/// To a server known as PostgreSQL they are names.
const DIALECTS: [Dialect; 3] = [Dialect::Other, Dialect::MySql, Dialect::Sqlite];

/// `~` stands for an expression, `^` for a string alone.
const COMMON: &[&str] = &[
    "select ~",
    "select distinct ~, ~ as x, t.* from t where ~ group by ~ having ~ order by ~ desc limit ~",
    "select ~ from t, u as v where ~",
    "select ~ from t x left join u on ~ cross join v where ~",
    "select ~ from (select ~ from t) x, u where ~",
    "select (select ~ from t where ~), ~ from t",
    "(select ~) union all (select ~ from t) order by ~",
    "select ~ from t union select ~ from u except select ~",
    "with x as (select ~ from t), y (a) as (values (~)) select ~ from x where ~",
    "insert into t (a, b) values (~, ~), (~, ~)",
    "insert into t select ~, ~ from u where ~",
    "replace into t values (~)",
    "update t set a = ~, b.c = ~ where ~",
    "delete from t where ~",
    "values (~, ~)",
    "explain select ~ from t where ~",
    "create table t (a text default ^, b int check (b <> ~), primary key (a))",
    "create table t as select ~",
    "create view v as select ~ from t where ~",
    "create trigger x after insert on t begin insert into u values (~); end",
    "alter table t add column a text default ^",
    "select a from t; select ~; update t set a = ~",
    "select ~ from t window w as (order by ~)",
    "select count(*) filter (where ~) over (partition by ~) from t",
];

const MYSQL: &[&str] = &[
    "select straight_join ~ from t partition (p) where ~",
    "select ~ from t force index (i) where ~ for update",
    "select ~ from json_table(~, ^ columns (x text path ^)) as y where ~",
    "select ~ into outfile ^ fields terminated by ^ lines starting by ^ from t",
    "select ~ from t into dumpfile ^",
    "select ~ from t, lateral (select ~) z",
    "select ~ from t for system_time as of ^ where ~",
    "insert into t set a = ~, b = ~ on duplicate key update a = ~, b = values(b)",
    "insert low_priority ignore t values (~)",
    "update t join u on ~ set t.a = ~ where ~ order by ~ limit ~",
    "delete t from t join u on ~ where ~",
    "call p(~, ~)",
    "call s.p (~)",
    "set @a = ~, @b := ~",
    "set names ^ collate ^",
    "set names ^",
    "set character set ^",
    "set session a = ^, global b = ^",
    "set password = ^",
    "set password for ^@^ = ^",
    "set role ^",
    "do ~",
    "do sleep(~), ~",
    "show tables like ^",
    "show full columns from t like ^",
    "show variables where ~",
    "prepare s from ^",
    "execute immediate ^ using @a",
    "declare x cursor for select ~",
    "create table t (a text not null default ^ comment ^, b enum(^, ^), c set(^)) comment = ^",
    "create table t (a int) comment ^ data directory ^ partition by list (a) (partition p values in (^) comment ^)",
    "create table t select ~ from u",
    "alter table t comment ^",
    "alter table t modify a text default ^ after b, add check (~)",
    "create user ^@^ identified by ^",
    "create user if not exists ^ identified with plugin as ^",
    "create user a identified by ^, ^ identified by ^",
    "alter user ^@^ identified by ^ replace ^",
    "drop user ^@^, ^",
    "rename user ^ to ^@^",
    "create role ^, ^",
    "grant select on t to ^@^ identified by ^",
    "revoke a from ^@^",
    "load data local infile ^ into table t fields terminated by ^ enclosed by ^ set a = ~",
    "create procedure p() begin select ~; end",
    "create event x on schedule at ^ comment ^ do select ~",
    "create server s foreign data wrapper ^ options (user ^, password ^)",
    "alter server s options (password ^)",
    "create database d comment = ^",
    "create function f returns string soname ^",
    "install plugin p soname ^",
    "change master to master_password = ^, master_user = ^",
    "change replication source to source_password = ^",
    "start replica user = ^ password = ^",
    "signal sqlstate ^ set message_text = ^",
    "xa start ^, ^",
    "kill query id ^",
    "handler t read i = (^) where ~",
    "import table from ^, ^",
    "create tablespace s add datafile ^",
    "analyze table t update histogram on a using data ^",
    "purge binary logs to ^",
    "values row(~), row(~)",
    "help ^",
];

const SQLITE: &[&str] = &[
    "attach ^ as a",
    "attach database ^ as a key ^",
    "vacuum into ^",
    "pragma key = ^",
    "pragma key (^)",
    "pragma a.key = ^",
    "select ~ from json_each(~) j, pragma_table_info(^) where ~",
    "select ~ from t indexed by i where a glob ~ escape ^",
    "insert or replace into t (a) values (~) on conflict (a) do update set a = ~ where ~ returning ~",
    "update or ignore t set (a, b) = (~, ~) from u where ~ returning ~",
    "delete from t where ~ returning ~, ~",
    "create index i on t (a, b || ^) where a = ~",
    "create table t (a text default (^) collate nocase generated always as (~) stored)",
    "create virtual table t using fts(a, tokenize = ^)",
    "create trigger x before update of a on t when ~ begin select raise(abort, ^); end",
    "explain query plan select ~",
];

fn string(server: Server) -> BoxedStrategy<String> {
    inside(server, "\"").prop_map(|text| format!("\"Q{text}\"")).boxed()
}

fn expression(server: Server) -> BoxedStrategy<String> {
    let before =
        vec!["", "", "", "not ", "- ", "+", "date ", "timestamp", "interval ", "binary ", "_utf", "@a := "];
    let own = (select(before), string(server)).prop_map(|(before, string)| format!("{before}{string}"));
    let leaf = prop_oneof![6 => own, 1 => select(vec!["a", "b.c", "null", "?", "17", "'Q'"]).prop_map(str::to_owned)];
    let forms = [
        "^ ~",
        "~ = ~",
        "~ <> ~",
        "~||~",
        "~ like ~ escape ^",
        "~ and ~",
        "~ or ~",
        "~ regexp ~",
        "~ is not ~",
        "(~)",
        "(~, ~)",
        "~ in (~, ~, ~)",
        "~ not in (select ~ from t where ~)",
        "~ between ~ and ~",
        "case ~ when ~ then ~ else ~ end",
        "exists (select ~)",
        "f(~, ~)",
        "count(distinct ~)",
        "cast(~ as char)",
        "trim(leading ~ from ~)",
        "substring(~ from ~ for ~)",
        "extract(year from ~)",
        "group_concat(a order by ~ separator ^)",
        "match (a) against (~ in boolean mode)",
        "a ->> ^",
        "~ collate nocase",
        "interval ^ day + ~",
        "if(~, ~, ~)",
        "values(a) + ~",
        "~ over (partition by ~ order by ~)",
        "a.b = ~ and c",
    ];
    let form = move |inner: BoxedStrategy<String>| {
        select(forms.to_vec()).prop_flat_map(move |form| filled(form, inner.clone(), server))
    };
    leaf.prop_recursive(3, 24, 4, form).boxed()
}

/// A template with something in each place, and anything between its words.
fn filled(
    template: &'static str,
    expression: BoxedStrategy<String>,
    server: Server,
) -> BoxedStrategy<String> {
    let places = template.chars().map(|place| match place {
        '~' => expression.clone(),
        '^' => string(server),
        ' ' => select(vec![" ", " ", " ", "\n", "\t ", " /* it's \"a\" */ ", " -- a \"\n"])
            .prop_map(str::to_owned)
            .boxed(),
        other => Just(other.to_string()).boxed(),
    });
    places.collect::<Vec<_>>().prop_map(|parts| parts.concat()).boxed()
}

fn served() -> impl Strategy<Value = (Server, String)> {
    let servers: Vec<_> =
        SERVERS.into_iter().filter(|server| server.dialect != Dialect::PostgreSql).collect();
    select(servers).prop_flat_map(|server| {
        let own = if server.dialect == Dialect::MySql { MYSQL } else { SQLITE };
        let templates: Vec<_> = COMMON.iter().chain(own).copied().collect();
        let filled = move |template| filled(template, expression(server), server);
        select(templates).prop_flat_map(filled).prop_map(move |sql| (server, sql))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_string_in_double_quotes_is_left_wherever_it_stands((_, sql) in served()) {
        for dialect in DIALECTS {
            let Read { summary, text, .. } = masked(dialect, &sql);
            prop_assert!(!has_marks(&summary) && !has_marks(&text), "{:?}: {} / {}", dialect, summary, text);
        }
    }

    #[test]
    fn nor_where_the_statement_is_cut((server, sql) in served(), place in any::<prop::sample::Index>()) {
        let sql = sql.get(..sql.floor_char_boundary(place.index(sql.len() + 1))).unwrap();
        for dialect in DIALECTS {
            if dialect == Dialect::Other || (dialect == server.dialect && server.is_usual) {
                let Read { summary, text, .. } = masked(dialect, sql);
                prop_assert!(!has_marks(&summary) && !has_marks(&text), "{:?}: {} / {}", dialect, summary, text);
            }
        }
    }
}

#[test]
fn no_place_for_a_string_in_double_quotes_is_one_for_a_name() {
    for template in COMMON.iter().chain(MYSQL).chain(SQLITE) {
        for dialect in DIALECTS {
            let Read { summary, text, .. } = masked(dialect, &template.replace(['~', '^'], "\"Q\""));
            assert!(!has_marks(&summary) && !has_marks(&text), "{dialect:?}: {template}: {summary} / {text}");
        }
    }
}
