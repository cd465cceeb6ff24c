//! Texts of mails, if the settings have no others.

pub(super) const SUBJECT: &str = "{{ Title }}";

pub(super) const TEXT: &str = "\
{{ Title }}: {{ NotificationReason }}
{% for alert in Alerts[:100] %}
{{ alert.Status|upper }} {{ alert.Annotations.summary or alert.Labels.alertname }}
{%- if alert.Annotations.description %}
{{ alert.Annotations.description }}{% endif %}
{% for name, value in alert.Labels|items %}  {{ name }} = {{ value }}
{% endfor -%}
{% if alert.Value is not none %}  value {{ alert.Value|number }}
{% endif %}  since {{ alert.StartsAt }}{% if alert.EndsAt %} until {{ alert.EndsAt }}{% endif %}
{% if alert.TraceID %}  trace {{ alert.TraceID }}{% if alert.TraceURL %} {{ alert.TraceURL }}{% endif %}
{% endif %}{% endfor %}
{%- if Alerts|length > 100 %}
and {{ Alerts|length - 100 }} more
{% endif %}
{%- if ExternalURL %}
{{ ExternalURL }}
{% endif %}";

pub(super) const HTML: &str = "\
<!doctype html><html><body style=\"font-family:sans-serif\">
<h2>{{ Title }}</h2><p>{{ NotificationReason }}</p>
{% for alert in Alerts[:100] %}<h3>{{ alert.Status|upper }} {{ alert.Annotations.summary or alert.Labels.alertname }}</h3>
{% if alert.Annotations.description %}<p>{{ alert.Annotations.description }}</p>{% endif %}
<table>{% for name, value in alert.Labels|items %}<tr><td>{{ name }}</td><td>{{ value }}</td></tr>{% endfor %}
{% if alert.Value is not none %}<tr><td>value</td><td>{{ alert.Value|number }}</td></tr>{% endif %}
<tr><td>since</td><td>{{ alert.StartsAt }}</td></tr>
{% if alert.EndsAt %}<tr><td>until</td><td>{{ alert.EndsAt }}</td></tr>{% endif %}
{% if alert.TraceID %}<tr><td>trace</td><td>
{%- if alert.TraceURL %}<a href=\"{{ alert.TraceURL }}\">{{ alert.TraceID }}</a>{% else %}{{ alert.TraceID }}{% endif -%}
</td></tr>{% endif %}</table>
{% endfor %}{% if Alerts|length > 100 %}<p>and {{ Alerts|length - 100 }} more</p>{% endif %}
{% if ExternalURL %}<p><a href=\"{{ ExternalURL }}\">{{ ExternalURL }}</a></p>{% endif %}
</body></html>";
