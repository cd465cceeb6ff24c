use std::{error::Error, fmt};

use subtle::ConstantTimeEq;

/// What lets one in: a text of at least 16 characters that nobody guesses. It never shows in `Debug`.
#[derive(Clone)]
pub struct Token(String);

/// A token that is too easy to guess.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TokenError(());

impl Token {
    /// A token of this text.
    ///
    /// # Errors
    /// It has less than 16 characters, as one whose variable is not set, or one that cannot stand in a header.
    ///
    /// ```
    /// use otel_kit_admin::Token;
    ///
    /// assert!(Token::new("").is_err());
    /// assert!(Token::new("0123456789abcdef").is_ok());
    /// ```
    pub fn new(text: impl Into<String>) -> Result<Self, TokenError> {
        let text = text.into();
        let is_long = text.len() >= LEAST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_long { Ok(Self(text)) } else { Err(TokenError(())) }
    }

    /// In a time that tells nothing of how much of it is right.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token is too short or has blanks; use at least {LEAST} letters and digits at random")
    }
}

impl Error for TokenError {}

const LEAST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_right_and_debug_does_not_show_it() {
        let token = Token::new("0123456789abcdef").unwrap();
        assert!(token.is("0123456789abcdef"));
        for wrong in ["", "0123456789abcde", "0123456789abcdeg", "0123456789abcdef0"] {
            assert!(!token.is(wrong), "{wrong}");
        }
        assert_eq!(format!("{token:?}"), "Token(***)");
    }

    #[test]
    fn a_text_that_is_short_or_cannot_stand_in_a_header_is_no_token() {
        for text in ["0123456789abcde", "0123456789 abcdef", "0123456789abcdé\u{e9}"] {
            let error = Token::new(text).unwrap_err().to_string();
            assert!(error.contains("at least 16"), "{error}");
        }
    }
}
