use std::borrow::Cow;

use opentelemetry::StringValue;
use otel_kit_core::bounded::Slots;

use crate::place::place;

/// The template of a request's path
/// ([`url.template`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/)), given with the
/// request: its span is then named `GET /orders/{id}` instead of `GET`.
///
/// A template stands for all requests of one kind: build it from what the code says, never from the values
/// that fill it. With [`metric_url_template`](otel_kit_core::settings::HttpClientSettings::metric_url_template)
/// it is on the duration too.
///
/// ```
/// use otel_kit_reqwest::UrlTemplate;
///
/// # let client = otel_kit_reqwest::client(reqwest::Client::new());
/// let order = 7;
/// let request = client
///     .get(format!("http://shop.example/orders/{order}"))
///     .with_extension(UrlTemplate::new("/orders/{id}"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UrlTemplate(StringValue);

impl UrlTemplate {
    /// A template such as `/orders/{id}`; what stands for a value may be written in any way.
    #[must_use]
    pub fn new(template: impl Into<Cow<'static, str>>) -> Self {
        Self(template.into().into())
    }

    pub(crate) const fn value(&self) -> &StringValue {
        &self.0
    }
}

/// The templates that may be labels of a metric: the first ones that come, so that values which are taken
/// for templates cannot grow it.
#[derive(Debug)]
pub(crate) struct TemplateLabels {
    known: Slots<StringValue>,
}

impl TemplateLabels {
    pub(crate) fn new() -> Self {
        Self { known: Slots::new(TEMPLATES + REACH) }
    }

    /// The template itself while there is room for it, else the word for all others.
    pub(crate) fn label(&self, template: &UrlTemplate) -> StringValue {
        let template = template.value();
        if template.as_str().len() > LONGEST {
            return OTHER.into();
        }
        let start = place(template.as_str(), 0, TEMPLATES);
        let known = self.known.find_or_add(start, REACH, |known| known == template, || template.clone());
        known.cloned().unwrap_or_else(|| OTHER.into())
    }
}

const TEMPLATES: usize = 256;

/// Slots in which a template may lie.
const REACH: usize = 32;

/// Bytes of a template that is kept.
const LONGEST: usize = 256;

/// Label of the templates that are not kept.
const OTHER: &str = "_OTHER";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn templates_are_labels_of_their_own_while_there_is_room_and_one_label_beyond() {
        let labels = TemplateLabels::new();
        let label = |template: String| labels.label(&UrlTemplate::new(template));
        for number in 0..100 {
            let template = format!("/kind{number}/{{id}}");
            assert_eq!(label(template.clone()).as_str(), template);
        }
        let all: HashSet<_> = (0..100_000).map(|id| label(format!("/orders/{id}")).to_string()).collect();
        assert!(all.len() <= TEMPLATES + REACH - 100 + 1, "{}", all.len());
        assert!(all.contains(OTHER));
        assert_eq!(label("/kind7/{id}".to_owned()).as_str(), "/kind7/{id}");
    }

    #[test]
    fn a_template_that_is_too_long_is_not_kept() {
        let labels = TemplateLabels::new();
        assert_eq!(labels.label(&UrlTemplate::new("x".repeat(LONGEST + 1))).as_str(), OTHER);
        assert_eq!(labels.label(&UrlTemplate::new("x".repeat(LONGEST))).as_str().len(), LONGEST);
    }
}
