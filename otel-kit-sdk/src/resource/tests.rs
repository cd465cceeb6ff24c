use std::{collections::HashMap, path::PathBuf};

use otel_kit_core::semconv::{SCHEMA_URL, attribute::*};

use super::*;

/// A directory that stands for `/`.
struct Root(PathBuf);

impl Root {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("otel-kit-resource-{}-{name}", std::process::id()));
        for (file, text) in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(path)
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn detected(root: &Root, environment: &[(&str, &str)]) -> HashMap<String, String> {
    let environment: HashMap<&str, &str> = environment.iter().copied().collect();
    detect(&|name| environment.get(name).map(|value| (*value).to_owned()), &root.0)
        .into_iter()
        .map(|pair| (pair.key.to_string(), pair.value.to_string()))
        .collect()
}

fn described(detected: Vec<KeyValue>, said: Vec<KeyValue>) -> HashMap<String, String> {
    describe(detected, said).iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

#[test]
fn where_nothing_is_to_be_found_the_sdk_the_process_and_the_machine_remain() {
    let found = detected(&Root::new("bare", &[]), &[]);
    assert_eq!(found[TELEMETRY_SDK_NAME], "opentelemetry");
    assert_eq!(found[TELEMETRY_SDK_LANGUAGE], "rust");
    assert!(found[TELEMETRY_SDK_VERSION].starts_with("0."));
    assert_eq!(found[TELEMETRY_DISTRO_NAME], "otel-kit");
    assert_eq!(found[TELEMETRY_DISTRO_VERSION], env!("CARGO_PKG_VERSION"));
    assert_eq!(found[PROCESS_PID], std::process::id().to_string());
    assert!(found[PROCESS_EXECUTABLE_PATH].ends_with(&found[PROCESS_EXECUTABLE_NAME]));
    assert_eq!(found[PROCESS_RUNTIME_NAME], "rustc");
    assert!(["amd64", "arm64"].contains(&found[HOST_ARCH].as_str()));
    for absent in [HOST_NAME, HOST_ID, OS_VERSION, CONTAINER_ID, K8S_POD_NAME, PROCESS_CREATION_TIME] {
        assert!(!found.contains_key(absent), "{absent}");
    }
}

#[test]
fn host_os_container_and_start_are_read_from_files() {
    let id = "a".repeat(64);
    let root = Root::new(
        "host",
        &[
            ("proc/sys/kernel/hostname", "box\n"),
            ("etc/machine-id", "cafe\n"),
            ("etc/os-release", "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 13\"\nVERSION_ID='13'\n"),
            ("proc/self/cgroup", &format!("0::/docker/{id}\n")),
            ("proc/stat", "cpu 1 2 3\nbtime 1700000000\n"),
            ("proc/self/stat", &format!("42 (a (b) c) S{} 250{}", " 1".repeat(18), " 1".repeat(15))),
        ],
    );
    let found = detected(&root, &[]);
    assert_eq!(found[HOST_NAME], "box");
    assert_eq!(found[HOST_ID], "cafe");
    assert_eq!(found[OS_TYPE], std::env::consts::OS);
    assert_eq!(found[OS_DESCRIPTION], "Debian GNU/Linux 13");
    assert_eq!(found[OS_VERSION], "13");
    assert_eq!(found[CONTAINER_ID], id);
    if cfg!(target_os = "linux") {
        assert_eq!(found[PROCESS_CREATION_TIME], "2023-11-14T22:13:22.500Z");
    }
}

#[test]
fn a_pod_is_described_by_its_variables_and_its_files() {
    let uid = "6a3f4f5e-0d0c-4f8d-9b5a-3d1f3a9d1c11";
    let root = Root::new(
        "pod",
        &[
            ("var/run/secrets/kubernetes.io/serviceaccount/namespace", "shop"),
            ("proc/self/mountinfo", &format!("1 2 8:1 /var/lib/kubelet/pods/{uid}/etc-hosts /etc/hosts rw")),
        ],
    );
    let cluster = ("KUBERNETES_SERVICE_HOST", "10.0.0.1");
    let found = detected(&root, &[cluster, ("HOSTNAME", "web-1"), ("NODE_NAME", "n1"), ("POD_NAME", "")]);
    assert_eq!(found[K8S_POD_NAME], "web-1");
    assert_eq!(found[K8S_POD_UID], uid);
    assert_eq!(found[K8S_NAMESPACE_NAME], "shop");
    assert_eq!(found[K8S_NODE_NAME], "n1");
    assert!(!found.contains_key(K8S_CONTAINER_NAME));

    let told = [
        cluster,
        ("HOSTNAME", "web-1"),
        ("POD_NAME", "web-2"),
        ("K8S_POD_NAME", "web-3"),
        ("POD_NAMESPACE", "own"),
        ("CONTAINER_NAME", "app"),
    ];
    let found = detected(&root, &told);
    assert_eq!(found[K8S_POD_NAME], "web-3");
    assert_eq!(found[K8S_NAMESPACE_NAME], "own");
    assert_eq!(found[K8S_CONTAINER_NAME], "app");
    assert!(!detected(&root, &[("POD_NAME", "web-2")]).contains_key(K8S_POD_NAME));
}

#[test]
fn an_unknown_service_is_named_after_its_executable_and_has_an_id_of_its_own() {
    let resource = described(vec![], vec![]);
    assert!(resource[SERVICE_NAME].starts_with("unknown_service:otel_kit_sdk"), "{resource:?}");
    let id = uuid::Uuid::try_parse(&resource[SERVICE_INSTANCE_ID]).unwrap();
    assert_eq!(id.get_version_num(), 4);
    assert_eq!(described(vec![], vec![])[SERVICE_INSTANCE_ID], resource[SERVICE_INSTANCE_ID]);
}

#[test]
fn what_is_said_wins_over_what_is_detected_and_the_last_word_over_the_first() {
    let name = |name: &'static str| KeyValue::new(SERVICE_NAME, name);
    assert_eq!(described(vec![name("detected")], vec![])[SERVICE_NAME], "detected");
    let said = vec![name("crate"), name("configured"), KeyValue::new("x", 2)];
    let resource = described(vec![name("detected")], said);
    assert_eq!(resource[SERVICE_NAME], "configured");
    assert_eq!(resource["x"], "2");
}

#[test]
fn the_resource_names_the_schema_that_it_follows() {
    assert_eq!(describe([], []).schema_url(), Some(SCHEMA_URL));
}
