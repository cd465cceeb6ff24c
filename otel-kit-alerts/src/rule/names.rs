/// True if Prometheus accepts it as the
/// [name of a label](https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels), other than one that
/// it keeps for itself.
pub(crate) fn is_label_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_named_as_in_prometheus() {
        assert!(["a", "_a", "http_route", "A1"].into_iter().all(is_label_name));
        assert!(!["", "1a", "http.route", "__name__", "ä", "a b"].into_iter().any(is_label_name));
    }
}
