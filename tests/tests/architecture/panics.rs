//! Calls that panic or print, looked for token by token, so that the arguments of macros are seen too.

use proc_macro2::{TokenStream, TokenTree};

use crate::{
    source::Source,
    tokens::{each_level, is_punct},
    workspace::libraries,
};

pub(crate) fn in_libraries() -> Vec<String> {
    libraries().iter().flat_map(|library| library.sources()).flat_map(|source| calls_in(&source)).collect()
}

fn calls_in(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    each_level(source.tokens(), &mut |level| {
        for window in padded(level).windows(3) {
            if let [before, TokenTree::Ident(name), after] = window
                && is_forbidden(before, &name.to_string(), after)
            {
                found.extend(source.violation(name.span(), &format!("{name} in library code")));
            }
        }
    });
    found
}

fn is_forbidden(before: &TokenTree, name: &str, after: &TokenTree) -> bool {
    let method = is_punct(before, '.') || is_punct(before, ':');
    (method && METHODS.contains(&name)) || (is_punct(after, '!') && MACROS.contains(&name))
}

/// A neighbour for the first and the last token.
fn padded(level: &[TokenTree]) -> Vec<TokenTree> {
    let none = || TokenTree::from(proc_macro2::Group::new(proc_macro2::Delimiter::None, TokenStream::new()));
    std::iter::once(none()).chain(level.iter().cloned()).chain(std::iter::once(none())).collect()
}

const METHODS: [&str; 4] = ["expect", "expect_err", "unwrap", "unwrap_err"];

const MACROS: [&str; 9] =
    ["dbg", "eprint", "eprintln", "panic", "print", "println", "todo", "unimplemented", "unreachable"];

#[test]
fn calls_are_seen_in_code_in_macros_and_as_paths_and_not_in_tests() {
    let text = "fn a() { b.unwrap(); c.unwrap_or(1); }\nd!(e => f.expect(\"g\"));\nfn h() { i.map(Option::unwrap); }\n\
                fn j() { panic!(\"k\") }\nfn l() { std::println!() }\n#[cfg(test)]\nmod tests { fn m() { n.unwrap(); } }\n";
    let expected = ["unwrap", "expect", "unwrap", "panic", "println"];
    let expected: Vec<_> =
        (1..).zip(expected).map(|(line, name)| format!("lib.rs:{line}: {name} in library code")).collect();
    assert_eq!(calls_in(&Source::example(text)), expected);
}
