use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::CONTAINER_ID;

use super::{Around, attribute};

/// The container's id, from what Linux says about the control groups (version 1) or the mounts (version
/// 2, where the groups do not tell) of the process.
pub(super) fn detect(around: &Around<'_>) -> Option<KeyValue> {
    let from_groups = around.file("proc/self/cgroup").and_then(|groups| id_in_groups(&groups));
    let id = from_groups.or_else(|| in_mounts(&around.file("proc/self/mountinfo")?));
    attribute(CONTAINER_ID, id)
}

/// The container's id in `/proc/self/cgroup`: the last part of a path such as `/docker/<id>`, `/kubepods/burstable/pod<uid>/<id>` or
/// `/system.slice/cri-containerd-<id>.scope`.
pub(crate) fn id_in_groups(groups: &str) -> Option<String> {
    groups.lines().find_map(|line| {
        let last = line.rsplit('/').next()?;
        let last = last.strip_suffix(".scope").unwrap_or(last);
        id(last.rsplit(['-', ':']).next()?)
    })
}

/// The container's `/etc/hostname` is mounted from a directory with its id; with containerd on Kubernetes
/// it is that of the pod's sandbox, which is not the container.
fn in_mounts(mounts: &str) -> Option<String> {
    mounts.lines().filter(|line| line.contains("/hostname")).find_map(|line| {
        let mut parts = line.split([' ', '/']).peekable();
        let mut before = "";
        loop {
            let part = parts.next()?;
            match id(part) {
                Some(id) if before != "sandboxes" => return Some(id),
                _ => before = part,
            }
        }
    })
}

fn id(text: &str) -> Option<String> {
    let is_id = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_id.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "dc64b5743252dbaef6e30521c34d6bbd1620c8ce65bdb7bf9e7143b61bb5b183";
    const OTHER: &str = "0123456789012345678901234567890123456789012345678901234567890123";

    #[test]
    fn the_id_is_found_in_the_groups_of_every_runtime() {
        for path in [
            format!("/docker/{ID}"),
            format!("/kubepods/burstable/pod9c8e2a1f/{ID}"),
            format!("/kubepods.slice/kubepods-pod9c.slice/cri-containerd-{ID}.scope"),
            format!("/system.slice/docker-{ID}.scope"),
            format!("/kubepods.slice/crio-{ID}.scope"),
            format!("/machine.slice/libpod-{ID}.scope"),
            format!("/system.slice/containerd.service/kubepods-pod9c.slice:cri-containerd:{ID}"),
            format!("/ecs/55091c13-b8cf-4801-b527-f4601742204d/{ID}"),
        ] {
            let groups = format!("13:rdma:/\n12:cpuset:{path}\n");
            assert_eq!(id_in_groups(&groups).as_deref(), Some(ID), "{path}");
        }
        for groups in ["0::/", "0::/user.slice/user-1000.slice/session-3.scope", "", "0::/docker/short"] {
            assert_eq!(id_in_groups(groups), None, "{groups}");
        }
    }

    #[test]
    fn the_id_is_found_in_the_mounts_where_the_groups_are_silent() {
        let docker = format!(
            "983 961 0:56 / /proc rw shared:1\n\
             994 961 8:1 /var/lib/docker/containers/{ID}/resolv.conf /etc/resolv.conf rw\n\
             995 961 8:1 /var/lib/docker/containers/{ID}/hostname /etc/hostname rw\n"
        );
        let podman = format!(
            "9 8 0:1 /containers/overlay-containers/{ID}/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw"
        );
        for mounts in [docker, podman] {
            assert_eq!(in_mounts(&mounts).as_deref(), Some(ID));
        }
        let sandbox = format!(
            "9 8 0:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/{OTHER}/hostname /etc/hostname rw"
        );
        assert_eq!(in_mounts(&sandbox), None);
    }
}
