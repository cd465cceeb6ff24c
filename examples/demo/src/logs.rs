use serde_json::Value;

use crate::service;

/// A log line that a service wrote while it handled a request.
pub struct LogLine {
    pub message: String,
    pub trace_id: Option<String>,
}

impl LogLine {
    /// Reads a line of JSON; `None` for one that a service wrote outside its handlers.
    pub fn of_request(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let target = line.get("target")?.as_str()?;
        let by_a_handler = service::names().any(|name| target.starts_with(&name.replace('-', "_")));
        let text = |key| line.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
        by_a_handler
            .then(|| Self { message: text("message").unwrap_or_default(), trace_id: text("trace_id") })
    }
}

/// The address in the line with which a service says that it is ready.
pub fn listening_address(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let says_so = line.get("message")?.as_str()? == "listening";
    says_so.then(|| line.get("address")?.as_str().map(ToOwned::to_owned)).flatten()
}
