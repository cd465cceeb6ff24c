use std::{
    fmt::{self, Write as _},
    io,
};

use minijinja::{AutoEscape, Environment, ErrorKind, Value, escape_formatter};

use super::filters;
use crate::{mask::clip, notify::SettingsError};

/// Compiles templates once, and renders them within bounds of work and size.
///
/// Templates are those of [Jinja](https://docs.rs/minijinja); what is missing is empty. Numbers can be written for
/// people: `{{ value|number }}`, `humanize`, `humanizePercentage`, `humanizeDuration`.
pub(crate) struct Engine {
    environment: Environment<'static>,
    count: usize,
    /// What each template is tried with before it is taken.
    trial: Value,
}

/// What a template makes, and so what of the values in it is escaped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Plain,
    /// Nothing in a value begins another line, or moves a terminal's cursor.
    Line,
    #[cfg(any(feature = "email", test))]
    Html,
    /// [`&`, `<` and `>`](https://docs.slack.dev/messaging/formatting-message-text/#escaping) have a meaning.
    Slack,
}

/// A compiled template of an [`Engine`].
#[derive(Clone, Debug)]
pub(crate) struct Template(String);

/// A template that cannot be compiled, or could not be rendered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct TemplateError {
    message: String,
}

impl Engine {
    /// Each template is tried with `trial`, so that a misspelt filter is found at the start.
    pub(crate) fn new(trial: Value) -> Self {
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        filters::add(&mut environment);
        environment.set_debug(false);
        environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            Some("html") => AutoEscape::Html,
            Some(SLACK) => AutoEscape::Custom(SLACK.into()),
            Some(LINE) => AutoEscape::Custom(LINE.into()),
            _ => AutoEscape::None,
        });
        environment.set_formatter(|output, state, value| match state.auto_escape() {
            AutoEscape::Custom(_) if value.is_safe() => write!(output, "{value}").map_err(Into::into),
            AutoEscape::Custom(kind) => {
                output.write_str(&escape(kind, &value.to_string())).map_err(Into::into)
            }
            _ => escape_formatter(output, state, value),
        });
        Self { environment, count: 0, trial }
    }

    /// Compiles a template.
    pub(crate) fn add(&mut self, source: &str, kind: Kind) -> Result<Template, TemplateError> {
        if source.len() > LONGEST {
            return Err(TemplateError { message: "the template is longer than 64 KiB".to_owned() });
        }
        let extension = match kind {
            Kind::Plain => "txt",
            Kind::Line => LINE,
            #[cfg(any(feature = "email", test))]
            Kind::Html => "html",
            Kind::Slack => SLACK,
        };
        let name = format!("{}.{extension}", self.count);
        self.environment.add_template_owned(name.clone(), source.to_owned())?;
        self.count += 1;
        let template = Template(name);
        match self.write(&template, self.trial.clone()) {
            Err(error) if is_misspelt(error.kind()) => Err(error.into()),
            _ => Ok(template),
        }
    }

    /// As [`add`](Self::add), of a setting.
    pub(crate) fn add_setting(
        &mut self,
        path: &str,
        source: &str,
        kind: Kind,
    ) -> Result<Template, SettingsError> {
        self.add(source, kind).map_err(|error| {
            let message = format!("the template cannot be compiled: {error}");
            SettingsError::new(path, message, "see docs.rs/minijinja for the syntax")
        })
    }

    /// The text, or what is put in its place: a broken template loses no alert.
    pub(crate) fn render(&self, template: &Template, data: Value) -> String {
        self.try_render(template, data).unwrap_or_else(|error| format!("<error expanding template: {error}>"))
    }

    fn try_render(&self, template: &Template, data: Value) -> Result<String, TemplateError> {
        Ok(String::from_utf8_lossy(&self.write(template, data)?).into_owned())
    }

    fn write(&self, template: &Template, data: Value) -> Result<Vec<u8>, minijinja::Error> {
        let mut text = Bounded::default();
        match self.environment.get_template(&template.0)?.render_captured_to(data, &mut text) {
            Err(_) if text.is_cut => text.bytes.extend_from_slice(MARK),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        Ok(text.bytes)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("templates", &self.count).finish_non_exhaustive()
    }
}

/// In a line: what it is, and where.
impl From<minijinja::Error> for TemplateError {
    fn from(error: minijinja::Error) -> Self {
        let mut message = match error.kind() {
            ErrorKind::OutOfFuel => "it runs too long".to_owned(),
            kind => kind.to_string(),
        };
        if let Some(detail) = error.detail() {
            write!(message, ": {detail}").ok();
        }
        if let Some(line) = error.line().filter(|line| *line > 1) {
            write!(message, " (line {line})").ok();
        }
        Self { message: clip(&message, LONGEST_ERROR).into_owned() }
    }
}

/// What is too long is cut.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > LONGEST_TEXT {
            self.is_cut = true;
            return Err(io::Error::other("too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What no data could make right.
const fn is_misspelt(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest)
}

fn escape(kind: &str, text: &str) -> String {
    match kind {
        LINE => text.replace(char::is_control, " "),
        _ => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
    }
}

const LINE: &str = "line";
const SLACK: &str = "slack";
/// Instructions of one rendering: a message with a thousand alerts takes a tenth of it.
const FUEL: u64 = 1_000_000;
/// Bytes of a template.
const LONGEST: usize = 64 << 10;
/// Bytes of what it makes.
const LONGEST_TEXT: usize = 256 << 10;
const MARK: &[u8] = b"...";
const LONGEST_ERROR: usize = 200;

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    fn rendered(source: &str, kind: Kind) -> String {
        let mut engine = Engine::new(Value::UNDEFINED);
        let template = engine.add(source, kind).unwrap();
        engine.render(&template, context! { text => "<a&b> \"c\"", lines => "a\r\nb\u{1b}[2J" })
    }

    #[test]
    fn a_value_in_a_line_stays_in_it() {
        assert_eq!(rendered("1 {{ lines }}\n2", Kind::Line), "1 a  b [2J\n2");
    }

    #[test]
    fn values_are_escaped_for_where_they_go_and_the_template_is_not() {
        assert_eq!(rendered("<b>{{ text }}</b>", Kind::Plain), "<b><a&b> \"c\"</b>");
        assert_eq!(rendered("<b>{{ text }}</b>", Kind::Html), "<b>&lt;a&amp;b&gt; &quot;c&quot;</b>");
        assert_eq!(rendered("<u|{{ text }}>", Kind::Slack), "<u|&lt;a&amp;b&gt; \"c\">");
    }

    #[test]
    fn what_is_not_there_is_empty() {
        assert_eq!(rendered("[{{ nothing }}]", Kind::Plain), "[]");
    }

    #[test]
    fn a_template_that_fails_says_so_in_its_place() {
        let cases = [
            ("{{ nothing.more }}", "undefined value"),
            ("{{ text|int }}", "invalid operation"),
            (
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "it runs too long",
            ),
        ];
        for (source, why) in cases {
            let text = rendered(source, Kind::Plain);
            assert!(text.starts_with(&format!("<error expanding template: {why}")), "{source}: {text}");
            assert!(text.ends_with('>') && text.len() < 300, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_cut() {
        let text = rendered("{% for a in range(99999) %}{{ text }}{% endfor %}", Kind::Plain);
        assert!(text.ends_with("...") && text.starts_with("<a&b> "), "{} bytes", text.len());
        assert!(text.len() <= LONGEST_TEXT + MARK.len());
    }

    #[test]
    fn a_template_that_cannot_be_compiled_is_refused_with_its_line() {
        let mut engine = Engine::new(Value::UNDEFINED);
        let error = engine.add("a\n{{ b", Kind::Plain).unwrap_err().to_string();
        assert!(error.starts_with("syntax error") && error.ends_with("(line 2)"), "{error}");
        let error = engine.add(&"x".repeat(LONGEST + 1), Kind::Plain).unwrap_err().to_string();
        assert!(error.contains("64 KiB"), "{error}");
        let error = engine.add("{{ x|no_such_filter }}", Kind::Plain).unwrap_err().to_string();
        assert!(error.starts_with("unknown filter"), "{error}");
        assert!(engine.add("{{ x|humanize }}", Kind::Plain).is_ok(), "it depends on x");
    }
}
