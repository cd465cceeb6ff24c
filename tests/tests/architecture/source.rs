//! One Rust file: its syntax, its tokens, and which of its lines are tests.

use std::{
    fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Item, Meta, parse::Parser, punctuated::Punctuated};

use crate::tokens::{each_level, group_of, is_punct};

pub(crate) struct Source {
    pub(crate) syntax: syn::File,
    path: PathBuf,
    shown: String,
    text: String,
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    pub(crate) fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a readable source");
        Self::parse(path.to_path_buf(), path.strip_prefix(root).unwrap_or(path).display().to_string(), text)
    }

    pub(crate) fn example(text: &str) -> Self {
        Self::parse(PathBuf::from("lib.rs"), "lib.rs".to_owned(), text.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        self.text.parse().expect("parsed once already")
    }

    /// Lines that are not part of a test.
    pub(crate) fn production_lines(&self) -> usize {
        (1..=self.text.lines().count()).filter(|line| !self.is_test_line(*line)).count()
    }

    /// `file:line: message`, unless the place is in a test.
    pub(crate) fn violation(&self, at: Span, message: &str) -> Option<String> {
        let line = at.start().line;
        (!self.is_test_line(line)).then(|| self.violation_at(line, message))
    }

    pub(crate) fn violation_at(&self, line: usize, message: &str) -> String {
        format!("{}:{line}: {message}", self.shown)
    }

    /// Where the modules lie that this file declares for tests only, in files of their own.
    pub(crate) fn test_modules(&self) -> Vec<PathBuf> {
        let folder = match self.path.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "main" | "mod") => self.path.with_file_name(""),
            _ => self.path.with_extension(""),
        };
        let modules = self.syntax.items.iter().filter_map(|item| match item {
            Item::Mod(module) if module.content.is_none() => Some(module),
            _ => None,
        });
        modules
            .filter(|module| module.attrs.iter().any(|attribute| is_test(&attribute.meta)))
            .map(|module| folder.join(module.ident.to_string()))
            .collect()
    }

    fn parse(path: PathBuf, shown: String, text: String) -> Self {
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{shown}: {error}"));
        let mut source = Self { syntax, path, shown, text, tests: Vec::new() };
        let mut tests = Vec::new();
        each_level(source.tokens(), &mut |level| tests.extend(test_items(level)));
        source.tests = tests;
        source
    }

    fn is_test_line(&self, line: usize) -> bool {
        self.tests.iter().any(|test| test.contains(&line))
    }
}

/// Line ranges of the items behind `#[cfg(test)]` or `#[test]`: from the attribute to the item's block or semicolon.
fn test_items(level: &[TokenTree]) -> Vec<RangeInclusive<usize>> {
    let starts = level.windows(2).enumerate().filter(|(_, pair)| match pair {
        [hash, attribute] if is_punct(hash, '#') => group_of(attribute, '[')
            .is_some_and(|tokens| syn::parse2(tokens).is_ok_and(|meta| is_test(&meta))),
        _ => false,
    });
    let range = |(index, pair): (usize, &[TokenTree])| {
        let item = level.get(index + 2..).unwrap_or_default();
        let end =
            item.iter().find(|token| is_punct(token, ';') || group_of(token, '{').is_some()).or(item.last());
        Some(pair.first()?.span().start().line..=end?.span().end().line)
    };
    starts.filter_map(range).collect()
}

/// Whether the attribute is `test`, `cfg(test)` or `cfg(all(.., test, ..))`.
fn is_test(meta: &Meta) -> bool {
    match meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") || list.path.is_ident("all") => {
            let parts = Punctuated::<Meta, syn::Token![,]>::parse_terminated.parse2(list.tokens.clone());
            parts.is_ok_and(|parts| parts.iter().any(is_test))
        }
        _ => false,
    }
}

#[test]
fn lines_of_tests_are_not_production_lines() {
    let text = "fn a() {}\n#[cfg(test)]\nuse b::c;\nfn d() {}\n#[cfg(all(unix, test))]\nmod tests {\n    fn e() {}\n}\n";
    assert_eq!(Source::example(text).production_lines(), 2);
}

#[test]
fn modules_in_files_of_their_own_are_tests_where_their_declaration_says_so() {
    let source =
        Source::example("mod a;\n#[cfg(test)]\nmod b;\n#[cfg(any(test, feature = \"x\"))]\nmod c;\n");
    assert_eq!(source.test_modules(), [PathBuf::from("b")]);
}
