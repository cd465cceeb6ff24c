use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{HOST_ARCH, HOST_ID, HOST_NAME};

use super::{Around, attribute};

/// The host, or what the container takes for it.
pub(super) fn detect(around: &Around<'_>) -> impl Iterator<Item = KeyValue> {
    let name = around
        .file("proc/sys/kernel/hostname")
        .or_else(|| around.file("etc/hostname"))
        .or_else(|| around.one_of(&["COMPUTERNAME", "HOSTNAME"]));
    let id = around.file("etc/machine-id").or_else(|| around.file("var/lib/dbus/machine-id"));
    [
        attribute(HOST_NAME, name),
        Some(KeyValue::new(HOST_ARCH, arch(std::env::consts::ARCH))),
        attribute(HOST_ID, id),
    ]
    .into_iter()
    .flatten()
}

/// Rust's name of an architecture in the words of the conventions.
fn arch(rust: &'static str) -> &'static str {
    match rust {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "arm" => "arm32",
        "powerpc" => "ppc32",
        "powerpc64" => "ppc64",
        other => other,
    }
}
