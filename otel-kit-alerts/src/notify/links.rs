use std::{collections::BTreeMap, time::SystemTime};

use opentelemetry::{SpanId, TraceId};
use otel_kit_core::alert::Alert;
use url::Url;

use super::{NotifiedAlert, SettingsError, Status};
use crate::mask::redacted;

/// Where messages point to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    pub(crate) external_url: String,
    /// With `{trace_id}` and maybe `{span_id}` in it.
    trace_url: Option<String>,
}

impl Links {
    pub(crate) fn new(external_url: Option<&str>, trace_url: Option<&str>) -> Result<Self, SettingsError> {
        if let Some(url) = external_url {
            check("external_url", url, "such as `https://orders.example`")?;
        }
        if let Some(url) = trace_url {
            let example = "such as `https://jaeger.example/trace/{trace_id}`";
            check("trace_url", &filled(url, TraceId::INVALID, SpanId::INVALID), example)?;
            if !url.contains(TRACE_ID) {
                let message = format!("it has no {TRACE_ID} in it, so each trace would have the same URL");
                return Err(SettingsError::new("trace_url", message, example));
            }
        }
        let external_url = external_url.unwrap_or_default().to_owned();
        Ok(Self { external_url, trace_url: trace_url.map(str::to_owned) })
    }

    /// The alert as channels see it.
    pub(crate) fn shown(
        &self,
        alert: &Alert,
        ended: Option<SystemTime>,
        expires_at: SystemTime,
    ) -> NotifiedAlert {
        let trace_url = alert.exemplar.and_then(|(trace, span)| self.trace_url(trace, span));
        let mut annotations = texts(&alert.annotations);
        if let Some((trace, span)) = alert.exemplar {
            annotations.insert("trace_id".to_owned(), trace.to_string());
            annotations.insert("span_id".to_owned(), span.to_string());
        }
        if let Some(url) = &trace_url {
            annotations.insert("trace_url".to_owned(), url.clone());
        }
        NotifiedAlert {
            status: if ended.is_some() { Status::Resolved } else { Status::Firing },
            labels: texts(&alert.labels),
            annotations,
            starts_at: alert.fired_at.unwrap_or(alert.active_at),
            ends_at: ended,
            expires_at,
            generator_url: trace_url.clone().unwrap_or_else(|| self.external_url.clone()),
            fingerprint: alert.fingerprint.clone(),
            value: alert.value,
            exemplar: alert.exemplar,
            trace_url,
        }
    }

    fn trace_url(&self, trace: TraceId, span: SpanId) -> Option<String> {
        self.trace_url.as_deref().map(|template| filled(template, trace, span))
    }
}

fn check(path: &str, url: &str, example: &str) -> Result<(), SettingsError> {
    match Url::parse(url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(SettingsError::new(path, "it is no URL with http or https", format!("give one, {example}"))),
    }
}

fn filled(template: &str, trace: TraceId, span: SpanId) -> String {
    template.replace(TRACE_ID, &trace.to_string()).replace(SPAN_ID, &span.to_string())
}

pub(super) fn texts(all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    all.iter().map(|(name, text)| (name.clone(), redacted(text).into_owned())).collect()
}

const TRACE_ID: &str = "{trace_id}";
const SPAN_ID: &str = "{span_id}";

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn an_alert_with_an_exemplar_names_its_trace_and_links_to_it() {
        let mut alert = Alert::new(BTreeMap::new(), "f".into(), UNIX_EPOCH);
        alert.exemplar = Some((TraceId::from(0xabc_u128), SpanId::from(0xde_u64)));
        let links =
            Links::new(Some("https://orders.example"), Some("https://t.example/{trace_id}?s={span_id}"))
                .unwrap();
        let shown = links.shown(&alert, None, UNIX_EPOCH);
        let url = "https://t.example/00000000000000000000000000000abc?s=00000000000000de";
        assert_eq!(shown.trace_url.as_deref(), Some(url));
        assert_eq!(shown.generator_url, url);
        assert_eq!(shown.annotations["trace_id"], "00000000000000000000000000000abc");
        assert_eq!(shown.annotations["trace_url"], url);

        let without = Links::default().shown(&alert, None, UNIX_EPOCH);
        assert_eq!((without.trace_url, without.generator_url.as_str()), (None, ""));
        assert_eq!(without.annotations.keys().collect::<Vec<_>>(), ["span_id", "trace_id"]);
    }

    #[test]
    fn credentials_in_texts_do_not_leave_the_process() {
        let mut alert = Alert::new(BTreeMap::new(), "f".into(), UNIX_EPOCH);
        alert.annotations.insert("summary".into(), "postgres://app:hunter2@db is slow".into());
        alert.labels.insert("peer".into(), "https://u:hunter2@h/".into());
        let shown = format!("{:?}", Links::default().shown(&alert, None, UNIX_EPOCH));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn urls_that_lead_nowhere_are_refused() {
        let path = |external, trace| Links::new(external, trace).unwrap_err().path;
        assert_eq!(path(Some("orders"), None), "external_url");
        assert_eq!(path(None, Some("ftp://t/{trace_id}")), "trace_url");
        assert_eq!(path(None, Some("https://t.example/trace")), "trace_url");
    }
}
