use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{
    K8S_CONTAINER_NAME, K8S_NAMESPACE_NAME, K8S_NODE_NAME, K8S_POD_NAME, K8S_POD_UID,
};

use super::{Around, attribute};

/// The pod, if Kubernetes runs this process: from variables that the pod's author set through the
/// [downward API](https://kubernetes.io/docs/concepts/workloads/pods/downward-api/), else from what every
/// pod has.
pub(super) fn detect(around: &Around<'_>) -> Vec<KeyValue> {
    if around.variable("KUBERNETES_SERVICE_HOST").is_none() {
        return Vec::new();
    }
    let namespace = around
        .one_of(&["K8S_NAMESPACE_NAME", "K8S_NAMESPACE", "POD_NAMESPACE"])
        .or_else(|| around.file("var/run/secrets/kubernetes.io/serviceaccount/namespace"));
    let uid =
        around.one_of(&["K8S_POD_UID", "POD_UID"]).or_else(|| pod_uid(&around.file("proc/self/mountinfo")?));
    [
        attribute(K8S_POD_NAME, around.one_of(&["K8S_POD_NAME", "POD_NAME", "HOSTNAME"])),
        attribute(K8S_POD_UID, uid),
        attribute(K8S_NAMESPACE_NAME, namespace),
        attribute(K8S_NODE_NAME, around.one_of(&["K8S_NODE_NAME", "NODE_NAME"])),
        attribute(K8S_CONTAINER_NAME, around.one_of(&["K8S_CONTAINER_NAME", "CONTAINER_NAME"])),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The kubelet mounts files of the pod from `/var/lib/kubelet/pods/<uid>`.
fn pod_uid(mounts: &str) -> Option<String> {
    let (_, after) = mounts.split_once("/kubelet/pods/")?;
    let uid = after.split(['/', ' ']).next()?;
    uuid::Uuid::try_parse(uid).is_ok().then(|| uid.to_owned())
}
