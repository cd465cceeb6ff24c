//! Which exceptions are left out, grouped otherwise, or of another severity.

mod error;
mod matcher;
mod module;

use opentelemetry::logs::Severity;
use otel_kit_core::settings::{ExceptionMatch, ExceptionRule, ExceptionSettings};

pub use self::error::RuleError;
pub(crate) use self::{matcher::Subject, module::Module};

use self::matcher::Matcher;

/// The rules of the configuration, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    ignore: Vec<Matcher>,
    rules: Vec<Rule>,
    has_messages: bool,
}

/// What the rules say of one exception.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Verdict<'a> {
    pub(crate) is_ignored: bool,
    /// What its group goes by instead of the usual.
    pub(crate) fingerprint: Option<&'a [String]>,
    pub(crate) level: Option<Severity>,
}

#[derive(Debug)]
struct Rule {
    when: Matcher,
    fingerprint: Vec<String>,
    ignore: bool,
    level: Option<Severity>,
}

impl Rules {
    pub(crate) fn new(settings: &ExceptionSettings) -> Result<Self, RuleError> {
        let ignore = settings.ignore.iter().enumerate();
        let ignore = ignore.map(|(at, when)| Matcher::new(when, &format!("ignore[{at}]")));
        let rules = settings.rules.iter().enumerate();
        let rules = rules.map(|(at, rule)| Rule::new(rule, &format!("rules[{at}]")));
        let (ignore, rules): (Vec<_>, Vec<_>) =
            (ignore.collect::<Result<_, _>>()?, rules.collect::<Result<_, _>>()?);
        let mut matchers = ignore.iter().chain(rules.iter().map(|rule| &rule.when));
        let has_messages = matchers.any(Matcher::has_message);
        Ok(Self { ignore, rules, has_messages })
    }

    /// True if messages decide: then what they match is a part of an exception's key.
    pub(crate) const fn has_messages(&self) -> bool {
        self.has_messages
    }

    /// A number that is the same for all messages that the rules do not tell apart.
    pub(crate) fn class_of_message(&self, message: &[u8]) -> u64 {
        let matchers = self.ignore.iter().chain(self.rules.iter().map(|rule| &rule.when));
        matchers
            .filter(|matcher| matcher.has_message())
            .fold(1, |class: u64, matcher| class.rotate_left(1) ^ u64::from(matcher.matches_message(message)))
    }

    /// The first rule that matches holds.
    pub(crate) fn verdict(&self, subject: &Subject<'_>) -> Verdict<'_> {
        if self.ignore.iter().any(|matcher| matcher.matches(subject)) {
            return Verdict { is_ignored: true, ..Verdict::default() };
        }
        let Some(rule) = self.rules.iter().find(|rule| rule.when.matches(subject)) else {
            return Verdict::default();
        };
        Verdict {
            is_ignored: rule.ignore,
            fingerprint: Some(&*rule.fingerprint).filter(|parts| !parts.is_empty()),
            level: rule.level,
        }
    }
}

impl Rule {
    fn new(rule: &ExceptionRule, path: &str) -> Result<Self, RuleError> {
        let ExceptionRule { when, fingerprint, ignore, level, .. } = rule;
        Ok(Self {
            when: Matcher::new(when, path)?,
            fingerprint: fingerprint.clone(),
            ignore: *ignore,
            level: *level,
        })
    }
}

/// Whether nothing at all is asked for.
fn is_empty(when: &ExceptionMatch) -> bool {
    let ExceptionMatch { exception_type, message, module, .. } = when;
    exception_type.is_none() && message.is_none() && module.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(exception_type: &str, change: impl FnOnce(&mut ExceptionRule)) -> ExceptionRule {
        let mut rule = ExceptionRule::default();
        rule.when.exception_type = Some(exception_type.to_owned());
        change(&mut rule);
        rule
    }

    fn subject(types: &[String]) -> Subject<'_> {
        Subject { types, message: b"gone", modules: &[] }
    }

    #[test]
    fn the_first_rule_that_matches_holds_and_ignored_is_ignored() {
        let mut settings = ExceptionSettings::default();
        settings.ignore.push(rule("a::Ignored", |_| ()).when);
        settings.rules.push(rule("a::*", |rule| rule.fingerprint.push("mine".to_owned())));
        settings.rules.push(rule("a::B", |rule| rule.ignore = true));
        settings.rules.push(rule("c::*", |rule| rule.level = Some(Severity::Info)));
        let rules = Rules::new(&settings).unwrap();
        let verdict = |name: &str| rules.verdict(&subject(&[name.to_owned()])).clone_parts();
        assert_eq!(verdict("a::Ignored"), (true, None, None));
        assert_eq!(verdict("a::B"), (false, Some(vec!["mine".to_owned()]), None));
        assert_eq!(verdict("c::D"), (false, None, Some(Severity::Info)));
        assert_eq!(verdict("d::E"), (false, None, None));
    }

    #[test]
    fn messages_are_told_apart_as_far_as_rules_do() {
        let mut settings = ExceptionSettings::default();
        for message in ["time ?out", "refused$"] {
            let mut when = ExceptionMatch::default();
            when.message = Some(message.to_owned());
            settings.ignore.push(when);
        }
        let rules = Rules::new(&settings).unwrap();
        let class = |message: &str| rules.class_of_message(message.as_bytes());
        assert!(rules.has_messages());
        assert_eq!(class("a timeout"), class("another time out"));
        assert_eq!(class("a"), class("b"));
        let mut classes = [class("a"), class("timeout"), class("refused"), class("timeout, refused")];
        classes.sort_unstable();
        assert!(classes.windows(2).all(|two| two[0] != two[1]), "{classes:?}");
    }

    impl Verdict<'_> {
        fn clone_parts(self) -> (bool, Option<Vec<String>>, Option<Severity>) {
            (self.is_ignored, self.fingerprint.map(<[String]>::to_vec), self.level)
        }
    }
}
