//! How large files, functions and crate docs may be.

use syn::{
    Block, FnArg, ImplItemFn, ItemFn, ItemImpl, Meta, Signature, TraitItemFn,
    visit::{self, Visit},
};

use crate::{
    source::Source,
    workspace::{Package, Role, libraries, packages},
};

pub(crate) fn of_files() -> Vec<String> {
    let too_long = |source: &Source| {
        let lines = source.production_lines();
        (lines > FILE_LINES)
            .then(|| source.violation_at(1, &format!("{lines} production lines, the limit is {FILE_LINES}")))
    };
    production_sources().iter().filter_map(too_long).collect()
}

pub(crate) fn of_functions() -> Vec<String> {
    production_sources().iter().flat_map(function_sizes).collect()
}

pub(crate) fn of_crate_docs() -> Vec<String> {
    let roots = libraries()
        .into_iter()
        .flat_map(|library| library.sources())
        .filter(|s| s.path().ends_with("src/lib.rs"));
    let too_long = |source: Source| {
        let lines = source.syntax.attrs.iter().filter(|attribute| is_doc(&attribute.meta)).count();
        (lines > DOC_LINES)
            .then(|| source.violation_at(1, &format!("{lines} lines of crate doc, the limit is {DOC_LINES}")))
    };
    roots.filter_map(too_long).collect()
}

fn production_sources() -> Vec<Source> {
    packages().iter().filter(|package| package.role != Role::Tests).flat_map(Package::sources).collect()
}

fn is_doc(meta: &Meta) -> bool {
    meta.path().is_ident("doc") && matches!(meta, Meta::NameValue(_))
}

fn function_sizes(source: &Source) -> Vec<String> {
    let mut functions = Functions { source, found: Vec::new() };
    functions.visit_file(&source.syntax);
    functions.found
}

struct Functions<'a> {
    source: &'a Source,
    found: Vec<String>,
}

impl Functions<'_> {
    fn check_lines(&mut self, signature: &Signature, body: &Block) {
        let start = signature.fn_token.span;
        let lines = body.brace_token.span.close().end().line - start.start().line + 1;
        if lines > FUNCTION_LINES {
            let message = format!("{} has {lines} lines, the limit is {FUNCTION_LINES}", signature.ident);
            self.found.extend(self.source.violation(start, &message));
        }
    }

    fn check_parameters(&mut self, signature: &Signature) {
        let parameters = signature.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))).count();
        if parameters > PARAMETERS {
            let message =
                format!("{} has {parameters} parameters, the limit is {PARAMETERS}", signature.ident);
            self.found.extend(self.source.violation(signature.fn_token.span, &message));
        }
    }
}

impl Visit<'_> for Functions<'_> {
    fn visit_item_fn(&mut self, function: &ItemFn) {
        self.check_lines(&function.sig, &function.block);
        self.check_parameters(&function.sig);
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, block: &ItemImpl) {
        for item in &block.items {
            // The parameters of a trait's method are the trait's.
            if let (syn::ImplItem::Fn(function), None) = (item, &block.trait_) {
                self.check_parameters(&function.sig);
            }
        }
        visit::visit_item_impl(self, block);
    }

    fn visit_impl_item_fn(&mut self, function: &ImplItemFn) {
        self.check_lines(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &TraitItemFn) {
        if let Some(body) = &function.default {
            self.check_lines(&function.sig, body);
        }
        self.check_parameters(&function.sig);
        visit::visit_trait_item_fn(self, function);
    }
}

const FILE_LINES: usize = 300;
const FUNCTION_LINES: usize = 50;
const PARAMETERS: usize = 5;
const DOC_LINES: usize = 60;

#[test]
fn long_functions_and_long_parameter_lists_are_seen() {
    let long = format!("impl A {{\nfn b(&self) {{\n{}}}\n}}\n", "c();\n".repeat(50));
    assert_eq!(function_sizes(&Source::example(&long)), ["lib.rs:2: b has 52 lines, the limit is 50"]);

    let six = "a: u8, b: u8, c: u8, d: u8, e: u8, f: u8";
    let wide = format!(
        "fn g({six}) {{}}\nimpl H for I {{ fn g({six}) {{}} }}\nimpl I {{ fn h(&self, {six}) {{}} }}\n"
    );
    let found = function_sizes(&Source::example(&wide));
    assert_eq!(
        found,
        ["lib.rs:1: g has 6 parameters, the limit is 5", "lib.rs:3: h has 6 parameters, the limit is 5"]
    );
}
