//! Texts of messages, if the settings have no others.

/// One line for each of the first alerts.
pub(crate) const LINE: &str = "\
{% for alert in Alerts[:100] -%}
ALERT {{ alert.Status }} {{ alert.Labels.alertname }}
{%- if alert.Annotations.summary %}: {{ alert.Annotations.summary }}{% endif %} (
{%- for name, value in alert.Labels|items if name != 'alertname' %}{{ name }}={{ value }} {% endfor -%}
since {{ alert.StartsAt }}{% if alert.Value is not none %}, value {{ alert.Value|number }}{% endif %})
{%- if alert.TraceID %} trace_id={{ alert.TraceID }}{% endif %}
{%- if alert.TraceURL %} {{ alert.TraceURL }}{% endif %}
{% endfor %}
{%- if Alerts|length > 100 %}ALERT and {{ Alerts|length - 100 }} more{% endif %}";

pub(crate) const SLACK_TITLE: &str = "{{ Title }}";

/// A paragraph for each of the first alerts.
pub(crate) const SLACK_TEXT: &str = "\
{% for alert in Alerts[:10] -%}
*{{ alert.Status }}* {{ alert.Annotations.summary or alert.Labels.alertname }}
{%- if alert.Value is not none and alert.Status == 'firing' %} (value {{ alert.Value|number }}){% endif %}
{%- if alert.Annotations.description %}
{{ alert.Annotations.description }}{% endif %}
{% for name, value in alert.Labels|items if name not in CommonLabels %}`{{ name }}={{ value }}` {% endfor %}
{%- if alert.TraceURL %}<{{ alert.TraceURL }}|trace {{ alert.TraceID }}>
{%- elif alert.TraceID %}trace {{ alert.TraceID }}{% endif %}
{% endfor %}
{%- if Alerts|length > 10 %}and {{ Alerts|length - 10 }} more{% endif %}";
