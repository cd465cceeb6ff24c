use std::{collections::BTreeMap, sync::Arc};

use minijinja::{Value, context};

use super::engine::{Engine, Kind, Template, TemplateError};

/// Expands the labels and annotations of rules: `{{ labels.service }}`, `{{ value }}`,
/// `{{ externalLabels.region }}`. A name with a dot in it is `{{ labels["http.route"] }}`.
#[derive(Debug)]
pub(crate) struct Expander {
    engine: Engine,
    external_labels: Value,
}

/// A text of a rule, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Text(Kept);

#[derive(Clone, Debug)]
enum Kept {
    /// Most texts hold no template.
    Plain(Arc<str>),
    Template(Template),
}

/// What a text of a rule can name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleData<'a> {
    /// Labels of the instance, before the rule's own ones.
    pub(crate) labels: &'a BTreeMap<String, String>,
    /// Value of the expression, if there is one.
    pub(crate) value: Option<f64>,
}

impl Expander {
    /// `external_labels` are those of the whole service.
    pub(crate) fn new(external_labels: &BTreeMap<String, String>) -> Self {
        let external_labels = Value::from(external_labels.clone());
        let trial =
            context! { labels => context! {}, value => 1.0, externalLabels => external_labels.clone() };
        Self { engine: Engine::new(trial), external_labels }
    }

    /// Compiles a text: once, at the start.
    ///
    /// # Errors
    /// What is wrong with the template.
    pub(crate) fn compile(&mut self, source: &str) -> Result<Text, TemplateError> {
        if !["{{", "{%", "{#"].iter().any(|mark| source.contains(mark)) {
            return Ok(Text(Kept::Plain(source.into())));
        }
        self.engine.add(source, Kind::Plain).map(|template| Text(Kept::Template(template)))
    }

    /// The text with the values; a template that fails has `<error expanding template: ...>` in its place.
    #[must_use]
    pub(crate) fn expand(&self, text: &Text, data: RuleData<'_>) -> String {
        match &text.0 {
            Kept::Plain(text) => (**text).to_owned(),
            Kept::Template(template) => {
                let labels = Value::from(data.labels.clone());
                let external = self.external_labels.clone();
                self.engine
                    .render(template, context! { labels, value => data.value, externalLabels => external })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(source: &str) -> String {
        let labels = [("service", "checkout"), ("http.route", "/orders/{id}"), ("query", "<b>")];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut expander = Expander::new(&BTreeMap::from([("region".to_owned(), "eu".to_owned())]));
        let text = expander.compile(source).unwrap();
        expander.expand(&text, RuleData { labels: &labels, value: Some(0.064) })
    }

    #[test]
    fn labels_value_and_external_labels_are_put_in() {
        assert_eq!(expanded("{{ labels.service }} in {{ externalLabels.region }}"), "checkout in eu");
        assert_eq!(expanded("{{ labels[\"http.route\"] }}: {{ value }}"), "/orders/{id}: 0.064");
        assert_eq!(expanded("{{ (value * 100)|round(1) }} % of {{ labels.query }}"), "6.4 % of <b>");
        assert_eq!(expanded("{{ labels.unknown }}|"), "|");
        assert_eq!(expanded("no { template }"), "no { template }");
    }

    #[test]
    fn a_text_that_fails_is_still_a_text() {
        let text = expanded("{{ labels.service|humanize }}");
        assert!(text.starts_with("<error expanding template: invalid operation"), "{text}");
        let text = Expander::new(&BTreeMap::new()).compile("{{ value|humanise }}");
        assert!(text.unwrap_err().to_string().starts_with("unknown filter"));
    }
}
