//! Walking over tokens: they reach where syntax trees end, into the arguments of macros.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Shows the tokens of the file side by side, then those of each bracket in it.
pub(crate) fn each_level(tokens: TokenStream, visit: &mut impl FnMut(&[TokenTree])) {
    let level: Vec<_> = tokens.into_iter().collect();
    visit(&level);
    for token in level {
        if let TokenTree::Group(group) = token {
            each_level(group.stream(), visit);
        }
    }
}

pub(crate) fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// What stands between the brackets, if the token is a pair of these.
pub(crate) fn group_of(token: &TokenTree, open: char) -> Option<TokenStream> {
    let TokenTree::Group(group) = token else {
        return None;
    };
    let delimiter = match open {
        '[' => Delimiter::Bracket,
        '{' => Delimiter::Brace,
        _ => Delimiter::Parenthesis,
    };
    (group.delimiter() == delimiter).then(|| group.stream())
}
