//! Names of functions in a form that builds agree on, whichever way the compiler mangles and inlines them.

use std::borrow::Cow;

use super::brackets::{close, find_outside, without_generics};

/// `<shop::Pg<T> as shop::Repo>::load::{{closure}}` is `shop::Pg as shop::Repo::load`: without generic arguments and
/// hashes, and what is inside of a function, such as the body of an `async` one, is the function.
/// `None` for what says nothing of the cause: the runtime's plumbing, ourselves, names that are not known.
pub(crate) fn normalise(name: &str) -> Option<String> {
    if name == UNKNOWN {
        return None;
    }
    let name = decoded(name.trim());
    let name = without_hashes(&name);
    let name = without_generics(&without_impl(&name));
    let segments: Vec<_> = name.split("::").filter(|segment| is_named(segment)).collect();
    let normal = segments.join("::");
    (!normal.is_empty() && !is_plumbing(&normal)).then_some(normal)
}

/// Whether a name tells more than the function's own: `shop::load`, not `load<shop::Order>`.
pub(super) fn is_qualified(name: &str) -> bool {
    name.starts_with('<') || without_generics(name).contains("::")
}

/// The crate of a function, by its name in whatever form.
pub(crate) fn crate_of(name: &str) -> &str {
    let name = name.trim_start_matches(['<', '&', ' ']);
    name.split([':', ' ', '<']).next().unwrap_or_default()
}

/// What a symbol table that nobody demangled writes for signs.
fn decoded(name: &str) -> Cow<'_, str> {
    if !name.contains('$') {
        return Cow::Borrowed(name);
    }
    let decoded = ESCAPES.iter().fold(name.to_owned(), |name, (escape, sign)| name.replace(escape, sign));
    Cow::Owned(decoded.strip_prefix("_<").map(|rest| format!("<{rest}")).unwrap_or(decoded))
}

/// Without `::h0123456789abcdef`, `.llvm.123` and the `[0123456789abcdef]` of a crate.
fn without_hashes(name: &str) -> String {
    let name = match name.rsplit_once(".llvm.") {
        Some((name, digits)) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => name,
    };
    let name = match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && is_hexadecimal(hash) => name,
        _ => name,
    };
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if is_disambiguator(&plain, hash) => plain.push_str(rest),
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

fn is_disambiguator(before: &str, hash: &str) -> bool {
    before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
        && (1..=16).contains(&hash.len())
        && is_hexadecimal(hash)
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Type and trait of an `impl` without the brackets: of `<A as B>::m`, and of `a::module::<impl B for A>::m`, as the
/// older mangling has it where the `impl` is in another module than the type.
fn without_impl(name: &str) -> Cow<'_, str> {
    let open = if name.starts_with('<') { Some(0) } else { find_outside(name, "<impl ") };
    let Some((open, end)) = open.and_then(|open| Some((open, close(name, open)?))) else {
        return Cow::Borrowed(name);
    };
    let inside = name.get(open + 1..end - 1).unwrap_or_default();
    let rest = name.get(end..).unwrap_or_default();
    let (of, implemented) = match inside.strip_prefix("impl ") {
        Some(inside) => match split_outside(inside, " for ") {
            Some((implemented, of)) => (of, Some(implemented)),
            None => (inside, None),
        },
        None => match split_outside(inside, " as ") {
            Some((of, implemented)) => (of, Some(implemented)),
            None => (inside, None),
        },
    };
    let of = type_name(of);
    match implemented.map(type_name) {
        Some(implemented) if is_parameter(&of) => Cow::Owned(implemented + rest),
        Some(implemented) => Cow::Owned(format!("{of} as {implemented}{rest}")),
        None => Cow::Owned(of + rest),
    }
}

/// A type without references, lifetimes, generic arguments and further bounds.
fn type_name(name: &str) -> String {
    let name = without_references(name);
    if name.starts_with('<') {
        return without_generics(&without_impl(name));
    }
    match name.bytes().next() {
        Some(b'(') => "()".to_owned(),
        Some(b'[') => "[]".to_owned(),
        _ if is_function_pointer(name) => "fn".to_owned(),
        _ => {
            let name = without_generics(name);
            name.split('+').next().unwrap_or_default().trim().to_owned()
        }
    }
}

fn without_references(mut name: &str) -> &str {
    loop {
        let trimmed = name.trim_start().trim_start_matches('&');
        let trimmed = match trimmed.strip_prefix('\'') {
            Some(lifetime) => lifetime.split_once(' ').map_or("", |(_, rest)| rest),
            None => trimmed,
        };
        let prefix =
            ["mut ", "dyn ", "*const ", "*mut "].iter().find_map(|prefix| trimmed.strip_prefix(prefix));
        let trimmed = prefix.unwrap_or(trimmed);
        if trimmed.len() == name.len() {
            return name;
        }
        name = trimmed;
    }
}

fn is_function_pointer(name: &str) -> bool {
    ["fn(", "unsafe fn(", "extern \"", "unsafe extern \"", "for<"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// The type of a blanket `impl`: it has no path. The newer mangling has the actual type there, so that functions of
/// such are told apart by it.
fn is_parameter(name: &str) -> bool {
    !name.contains("::")
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && !PRIMITIVES.contains(&name)
}

fn split_outside<'a>(name: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let at = find_outside(name, separator)?;
    Some((name.get(..at)?, name.get(at + separator.len()..)?))
}

/// Not what the compiler made inside of a function: `{{closure}}`, `{closure#0}`, `{shim:vtable#0}`, `_`.
fn is_named(segment: &str) -> bool {
    !(segment.is_empty() || segment == "_" || segment.starts_with('{') || segment.ends_with('}'))
}

fn is_plumbing(normal: &str) -> bool {
    PLUMBING.iter().any(|start| normal.starts_with(start))
        || PLUMBING_TRAITS.iter().any(|part| normal.contains(part))
}

/// What the standard library writes for a function without a name.
const UNKNOWN: &str = "<unknown>";

const ESCAPES: &[(&str, &str)] = &[
    ("$LT$", "<"),
    ("$GT$", ">"),
    ("$RF$", "&"),
    ("$BP$", "*"),
    ("$C$", ","),
    ("$LP$", "("),
    ("$RP$", ")"),
    ("$SP$", "@"),
    ("$u20$", " "),
    ("$u27$", "'"),
    ("$u2b$", "+"),
    ("$u3b$", ";"),
    ("$u5b$", "["),
    ("$u5d$", "]"),
    ("$u7b$", "{"),
    ("$u7d$", "}"),
    ("$u7e$", "~"),
    ("..", "::"),
];

const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "fn", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

const PLUMBING: &[&str] = &[
    "__rust",
    "_start",
    "anyhow::",
    "backtrace::",
    "color_eyre::",
    "core::convert::",
    "core::future::",
    "core::ops::function::",
    "core::panic::unwind_safe::",
    "core::panicking::",
    "core::ptr::drop_in_place",
    "eyre::",
    "otel_kit::",
    "otel_kit_",
    "rust_begin_unwind",
    "rust_panic",
    "std::backtrace",
    "std::panic",
    "std::rt::",
    "std::sys::backtrace::",
    "std::thread::",
    "tokio::runtime::",
    "tokio::task::",
];

const PLUMBING_TRAITS: &[&str] = &[" as core::future::future::Future", " as otel_kit"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_manglings_have_one_normal_form() {
        for (name, normal) in [
            ("frames::inner::leaf::h16e1f82a00945e2f", "frames::inner::leaf"),
            ("frames::inner::leaf::{{closure}}::h16e1f82a00945e2f", "frames::inner::leaf"),
            ("frames::load_user::{{closure}}::{{closure}}", "frames::load_user"),
            ("frames::load_user::{closure#0}::{closure#1}::<u8>", "frames::load_user"),
            ("{async_fn#0}<dyn shop::Repo>::x", "x"),
            (
                "<frames::Repo<T> as frames::Svc>::call::h16e1f82a00945e2f",
                "frames::Repo as frames::Svc::call",
            ),
            (
                "_$LT$frames..Repo$LT$T$GT$$u20$as$u20$frames..Svc$GT$::call::h16e1f82a00945e2f",
                "frames::Repo as frames::Svc::call",
            ),
            (
                "v0[b39b9a665996db47]::inner::leaf::<alloc[fdfd0a]::vec::Vec<&str>, <v0[b39b9a665996db47]::Repo<&str> \
                 as v0[b39b9a665996db47]::Svc>::call::{closure#0}>::{closure#0}",
                "v0::inner::leaf",
            ),
            ("<frames[e28293b1aa0f68bd]::Backtrace>::force", "frames::Backtrace::force"),
            ("frames::Repo<T>::get::h16e1f82a00945e2f", "frames::Repo::get"),
            ("<frames::Repo<u8>>::get::<u8>", "frames::Repo::get"),
            ("<F as axum::handler::Handler<(M,T1),S>>::call::{{closure}}", "axum::handler::Handler::call"),
            ("<shop::Pg<fn(u8) -> u8> as shop::Repo>::load", "shop::Pg as shop::Repo::load"),
            ("shop::load.llvm.4711", "shop::load"),
            ("shop::api::<impl shop::Repo for shop::Pg<T>>::load", "shop::Pg as shop::Repo::load"),
            ("<shop::Pg<u8> as shop::Repo>::load", "shop::Pg as shop::Repo::load"),
            ("shop::api::<impl shop::Pg>::load", "shop::Pg::load"),
            ("shop::api::<impl shop::Ext for T>::load", "shop::Ext::load"),
            (
                "<&'a mut dyn shop::Repo + core::marker::Send as shop::Ext>::load",
                "shop::Repo as shop::Ext::load",
            ),
            ("<dyn shop::Repo+core::marker::Send>::load", "shop::Repo::load"),
            ("<[T] as shop::Ext>::load", "[] as shop::Ext::load"),
            ("<[u8; 4] as shop::Ext>::load", "[] as shop::Ext::load"),
            ("<(shop::A, shop::B<u8>) as shop::Ext>::load", "() as shop::Ext::load"),
            ("<str as shop::Ext>::load", "str as shop::Ext::load"),
            ("<for<'a> fn(&'a str) -> u8 as shop::Ext>::load", "fn as shop::Ext::load"),
            ("<<shop::A as shop::B>::C as shop::Ext>::load", "shop::A as shop::B::C as shop::Ext::load"),
        ] {
            assert_eq!(normalise(name).as_deref(), Some(normal), "{name}");
        }
    }

    #[test]
    fn what_says_nothing_of_the_cause_has_none() {
        for name in [
            "",
            "<unknown>",
            "{{closure}}",
            "std::panicking::begin_panic_handler",
            "core[e28293b1aa0f68bd]::panicking::panic_fmt",
            "<tokio::runtime::task::Core<T,S>>::poll",
            "<shop::Wait as core::future::future::Future>::poll",
            "<core::result::Result<T,E> as otel_kit_exceptions::Record>::record",
            "<E as otel_kit_exceptions::Record>::record",
            "anyhow::error::<impl core::convert::From<E> for anyhow::Error>::from",
            "<F as core::ops::function::FnOnce<A>>::call_once",
        ] {
            assert_eq!(normalise(name), None, "{name}");
        }
    }

    #[test]
    fn a_short_name_is_told_from_a_full_one() {
        for full in ["shop::load", "<shop::Pg>::load", "shop::load::{{closure}}"] {
            assert!(is_qualified(full), "{full}");
        }
        for short in ["", "load", "row<alloc::string::String>", "{async_fn#0}<dyn shop::Repo>", "main"] {
            assert!(!is_qualified(short), "{short}");
        }
    }

    proptest! {
        #[test]
        fn any_name_has_a_normal_form_or_none_and_the_form_is_its_own(
            name in r"(<|>|::|\(|\)|\[|\]|\{|\}| as | for |impl |dyn |&|'a |->|\$LT\$|\.\.|\.llvm\.|h0{16}|[a-zä_]{1,3}|,|\+){0,24}"
        ) {
            let normal = normalise(&name);
            prop_assert!(normal.is_none_or(|normal| !normal.is_empty() && !normal.contains("::::")));
        }

        #[test]
        fn any_text_is_taken(name in any::<String>()) {
            let _ = normalise(&name);
            let _ = is_qualified(&name);
        }
    }
}
