use otel_kit_core::settings::ExceptionMatch;
use regex::bytes::{Regex, RegexBuilder};

use super::{RuleError, is_empty, module::Module};

/// What rules look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// Of the error and of what is behind it.
    pub(crate) types: &'a [String],
    pub(crate) message: &'a [u8],
    /// Everything that is known of the place: paths of modules and functions, or of a source file.
    pub(crate) modules: &'a [Module],
}

/// Says which exceptions: those that match every part.
#[derive(Debug)]
pub(super) struct Matcher {
    exception_type: Option<Glob>,
    message: Option<Regex>,
    module: Option<Vec<String>>,
}

impl Matcher {
    pub(super) fn new(when: &ExceptionMatch, path: &str) -> Result<Self, RuleError> {
        if is_empty(when) {
            let problem = "says of no exception; give it a type, a message or a module";
            return Err(RuleError::new(path.to_owned(), problem));
        }
        let exception_type = when.exception_type.as_deref().map(|pattern| Glob::new(pattern, path));
        let message = when.message.as_deref().map(|pattern| {
            regex(pattern).map_err(|reason| {
                let problem = format!("`{pattern}` is no regular expression (see docs.rs/regex): {reason}");
                RuleError::new(format!("{path}.message"), problem)
            })
        });
        let module = when.module.as_deref().map(|module| module.split("::").map(str::to_owned).collect());
        Ok(Self { exception_type: exception_type.transpose()?, message: message.transpose()?, module })
    }

    pub(super) const fn has_message(&self) -> bool {
        self.message.is_some()
    }

    /// True if the message is all that is asked for and it is there, or if none is asked for.
    pub(super) fn matches_message(&self, message: &[u8]) -> bool {
        self.message.as_ref().is_none_or(|wanted| wanted.is_match(message))
    }

    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        let is_type = |glob: &Glob| subject.types.iter().any(|name| glob.matches(name));
        let is_module = |wanted: &Vec<String>| subject.modules.iter().any(|module| module.is_in(wanted));
        self.exception_type.as_ref().is_none_or(is_type)
            && self.module.as_ref().is_none_or(is_module)
            && self.matches_message(subject.message)
    }
}

/// A name with `*` for any text.
#[derive(Debug)]
struct Glob {
    whole: Regex,
    /// The last part, if it tells enough to be the name of a variant behind another error.
    variant: Option<String>,
}

impl Glob {
    fn new(pattern: &str, path: &str) -> Result<Self, RuleError> {
        let parts: Vec<_> = pattern.split('*').map(regex::escape).collect();
        let whole = regex(&format!("^(?:{})$", parts.join(".*")))
            .map_err(|reason| RuleError::new(format!("{path}.type"), reason))?;
        let last = pattern.rsplit_once("::").map(|(_, last)| last);
        let variant = last.filter(|last| !last.contains('*') && *last != "Error").map(str::to_owned);
        Ok(Self { whole, variant })
    }

    /// Of an error behind another one only the variant may be known.
    fn matches(&self, name: &str) -> bool {
        self.whole.is_match(name.as_bytes()) || self.variant.as_deref() == Some(name)
    }
}

/// Of bytes, so that `\d` and `.` need no Unicode tables.
fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).unicode(false).build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(exception_type: Option<&str>, message: Option<&str>, module: Option<&str>) -> ExceptionMatch {
        let [exception_type, message, module] =
            [exception_type, message, module].map(|part| part.map(str::to_owned));
        let mut when = ExceptionMatch::default();
        (when.exception_type, when.message, when.module) = (exception_type, message, module);
        when
    }

    fn matches(when: &ExceptionMatch, types: &[&str], message: &str, module: &str) -> bool {
        let types: Vec<_> = types.iter().map(|name| (*name).to_owned()).collect();
        let subject =
            Subject { types: &types, message: message.as_bytes(), modules: &[Module::of_path(module)] };
        Matcher::new(when, "ignore[0]").unwrap().matches(&subject)
    }

    #[test]
    fn every_part_that_is_given_has_to_match() {
        let both = when(Some("std::io::*"), Some(r"\d+ bytes"), Some("shop::orders"));
        assert!(matches(&both, &["a::B", "std::io::Error::NotFound"], "after 7 bytes", "shop::orders::take"));
        assert!(!matches(&both, &["a::B"], "after 7 bytes", "shop::orders"));
        assert!(!matches(&both, &["std::io::Error"], "after bytes", "shop::orders"));
        assert!(!matches(&both, &["std::io::Error"], "after 7 bytes", "shop::ordersx"));
    }

    #[test]
    fn an_error_behind_another_is_matched_by_its_variant() {
        let row = when(Some("sqlx::Error::RowNotFound"), None, None);
        assert!(matches(&row, &["shop::Error::Db", "RowNotFound"], "", ""));
        assert!(!matches(&row, &["shop::Error::RowNotFound"], "", ""));
        let any = when(Some("sqlx::*"), None, None);
        assert!(!matches(&any, &["RowNotFound"], "", ""));
        assert!(!matches(&when(Some("sqlx::Error"), None, None), &["Error"], "", ""));
    }

    #[test]
    fn a_bad_rule_is_named_by_its_place() {
        let error = Matcher::new(&when(None, Some("("), None), "rules[2]").unwrap_err();
        assert_eq!(error.path(), "rules[2].message");
        assert!(error.to_string().starts_with("exceptions.rules[2].message: `(` is no regular expression"));
        let nothing = Matcher::new(&ExceptionMatch::default(), "ignore[1]").unwrap_err();
        assert_eq!(nothing.path(), "ignore[1]");
    }
}
