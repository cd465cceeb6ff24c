//! What is observed of this process, and of one that files make up.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use opentelemetry::KeyValue;
use otel_kit_core::semconv::{attribute::*, metric::*};
use otel_kit_sdk::runtime_metrics::{RuntimeMetrics, RuntimeMetricsBuilder};
use otel_kit_testing::{
    Telemetry,
    received::{MetricKind, ReceivedMetric, Temporality, Value},
};

const COUNTER: MetricKind = MetricKind::Sum { monotonic: true };
const UP_DOWN: MetricKind = MetricKind::Sum { monotonic: false };

/// Telemetry whose clock stands, with these instruments on it.
fn observed(change: impl FnOnce(RuntimeMetricsBuilder) -> RuntimeMetricsBuilder) -> Telemetry {
    let telemetry = Telemetry::builder().manual_clock().build();
    let builder = RuntimeMetrics::builder().clock(telemetry.clock().clone());
    change(builder).register(&telemetry.kit().meter("test", "0"));
    telemetry
}

fn number(telemetry: &Telemetry, name: &str) -> f64 {
    let metric = telemetry.metric(name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(metric.points.len(), 1, "{metric:?}");
    assert!(metric.points[0].attributes.is_empty(), "{metric:?}");
    as_number(&metric.points[0].value)
}

/// An integer or not.
fn as_number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.to_string().parse().unwrap())
}

/// The two numbers of a metric, by an attribute's values.
fn numbers(telemetry: &Telemetry, name: &str, key: &'static str, values: [&'static str; 2]) -> [f64; 2] {
    telemetry.clock().advance(Duration::from_secs(1));
    let metric = telemetry.metric(name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(metric.points.len(), 2, "{metric:?}");
    values.map(|value| as_number(&metric.point(&[KeyValue::new(key, value)]).unwrap().value))
}

/// A number of `/proc/self/status`, read by other means than the tested ones.
fn status(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// A `/proc/self/stat`: the 20th field is the number of threads, the 22nd the start, in hundredths of a second
/// after the boot; the name may hold anything.
fn stat(threads: u64, start: u64) -> String {
    format!("7 (a) b (c) S{} {threads} 1 {start}{}\n", " 1".repeat(16), " 1".repeat(15))
}

/// Bytes of so many pages.
fn pages(number: u32) -> f64 {
    f64::from(number) * f64::from(u32::try_from(procfs::page_size()).unwrap())
}

fn assert_near(value: f64, expected: f64, distance: f64) {
    assert!((value - expected).abs() <= distance, "{value} is not within {distance} of {expected}");
}

/// A directory that stands for `/`.
struct Root(PathBuf);

impl Root {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("process-{name}")));
        let _ = fs::remove_dir_all(&root.0);
        for (file, text) in files {
            root.write(file, text);
        }
        root
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.0.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

impl AsRef<Path> for Root {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

fn names(telemetry: &Telemetry) -> Vec<String> {
    let mut names: Vec<_> = telemetry.metrics().into_iter().map(|metric| metric.name).collect();
    names.sort();
    names
}

#[test]
fn each_metric_of_the_process_has_the_name_the_unit_and_the_kind_of_the_conventions() {
    let telemetry = observed(|builder| builder.cpu_utilization(true));
    let _ = telemetry.metrics();
    telemetry.clock().advance(Duration::from_secs(60));
    let of_processes: Vec<ReceivedMetric> =
        telemetry.metrics().into_iter().filter(|metric| metric.name.starts_with("process.")).collect();
    let mut seen: Vec<_> = of_processes
        .iter()
        .map(|metric| {
            let is_whole = !matches!(metric.kind, MetricKind::Sum { .. });
            assert!(is_whole || metric.temporality == Some(Temporality::Cumulative), "{metric:?}");
            assert!(!metric.description.is_empty(), "{metric:?}");
            (&*metric.name, &*metric.unit, metric.kind, metric.points.len())
        })
        .collect();
    seen.sort_by_key(|(name, ..)| *name);
    let expected = [
        ("process.context_switches", "{context_switch}", COUNTER, 2),
        ("process.cpu.time", "s", COUNTER, 2),
        ("process.cpu.utilization", "1", MetricKind::Gauge, 2),
        ("process.disk.io", "By", COUNTER, 2),
        ("process.memory.usage", "By", UP_DOWN, 1),
        ("process.memory.virtual", "By", UP_DOWN, 1),
        ("process.paging.faults", "{fault}", COUNTER, 2),
        ("process.thread.count", "{thread}", UP_DOWN, 1),
        ("process.unix.file_descriptor.count", "{file_descriptor}", UP_DOWN, 1),
        ("process.uptime", "s", MetricKind::Gauge, 1),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn amounts_are_those_that_the_kernel_tells_anybody() {
    let telemetry = observed(|builder| builder);
    let memory = vec![1_u8; 64 << 20];
    let files: Vec<_> = (0..100).map(|_| File::open("/proc/self/status").unwrap()).collect();
    // Other tests run in this process, too.
    assert_near(number(&telemetry, PROCESS_MEMORY_USAGE), status("VmRSS") * 1_024.0, f64::from(32 << 20));
    assert_near(number(&telemetry, PROCESS_MEMORY_VIRTUAL), status("VmSize") * 1_024.0, f64::from(512 << 20));
    assert_near(number(&telemetry, PROCESS_THREAD_COUNT), status("Threads"), 20.0);
    let listed = fs::read_dir("/proc/self/fd").unwrap().count();
    let descriptors = number(&telemetry, PROCESS_UNIX_FILE_DESCRIPTOR_COUNT);
    assert_near(descriptors, f64::from(u32::try_from(listed).unwrap()), 20.0);
    assert!(descriptors > 100.0);
    drop((memory, files));
}

#[test]
fn the_uptime_is_that_since_the_start_of_the_process() {
    let root =
        Root::new("uptime", &[("proc/self/stat", &stat(1, 12_345)), ("proc/uptime", "200.50 1000.00\n")]);
    let telemetry = observed(|builder| builder.root(root.as_ref()));
    assert_near(number(&telemetry, PROCESS_UPTIME), 200.5 - 123.45, 1e-6);
    telemetry.clock().advance(Duration::from_secs(3_600));
    assert_near(number(&telemetry, PROCESS_UPTIME), 3_600.0 + 200.5 - 123.45, 1e-6);

    let real = observed(|builder| builder);
    let uptime = number(&real, PROCESS_UPTIME);
    assert!((0.0..600.0).contains(&uptime), "{uptime}");
}

#[test]
fn times_faults_and_switches_count_all_threads_and_never_fall() {
    let telemetry = observed(|builder| builder);
    let read = || {
        [
            numbers(&telemetry, PROCESS_CPU_TIME, CPU_MODE, ["user", "system"]),
            numbers(&telemetry, PROCESS_PAGING_FAULTS, SYSTEM_PAGING_FAULT_TYPE, ["minor", "major"]),
            numbers(
                &telemetry,
                PROCESS_CONTEXT_SWITCHES,
                PROCESS_CONTEXT_SWITCH_TYPE,
                ["voluntary", "involuntary"],
            ),
        ]
    };
    let before = read();
    thread::spawn(|| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(300) {
            std::hint::black_box(start);
        }
        drop(std::hint::black_box(vec![1_u8; 32 << 20]));
        for _ in 0..50 {
            thread::sleep(Duration::from_micros(100));
        }
    })
    .join()
    .unwrap();
    let after = read();
    for (before, after) in before.iter().flatten().zip(after.iter().flatten()) {
        assert!(after >= before, "{after} < {before}");
    }
    let grown = |index: usize| after[index][0] - before[index][0];
    // The machine may be busy with other things.
    assert!((0.01..100.0).contains(&grown(0)), "{before:?} {after:?}");
    assert!(grown(1) >= 100.0, "{before:?} {after:?}");
    assert!(grown(2) >= 50.0, "{before:?} {after:?}");
}

#[test]
fn the_share_of_the_processors_is_told_on_demand_from_the_second_collection_on() {
    let telemetry = observed(|builder| builder.cpu_utilization(true));
    let modes = ["user", "system"];
    let before = numbers(&telemetry, PROCESS_CPU_TIME, CPU_MODE, modes);
    assert!(telemetry.metric(PROCESS_CPU_UTILIZATION).is_none());
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(100) {
        std::hint::black_box(start);
    }
    telemetry.clock().advance(Duration::from_secs(9));
    // That is 10 s with the one of the helper.
    let shares = numbers(&telemetry, PROCESS_CPU_UTILIZATION, CPU_MODE, modes);
    let metric = telemetry.metric(PROCESS_CPU_TIME).unwrap();
    let processors = f64::from(u32::try_from(thread::available_parallelism().unwrap().get()).unwrap());
    for ((mode, share), before) in modes.into_iter().zip(shares).zip(before) {
        let after = metric.point(&[KeyValue::new(CPU_MODE, mode)]).unwrap().value.as_f64().unwrap();
        assert_near(share, (after - before) / (10.0 * processors), 1e-6);
    }
    assert!(shares[0] > 0.0);

    let without = observed(|builder| builder);
    let _ = without.metrics();
    without.clock().advance(Duration::from_secs(10));
    assert!(without.metric(PROCESS_CPU_UTILIZATION).is_none());
}

#[test]
fn bytes_of_disks_are_those_that_caches_did_not_hold() {
    let io = "rchar: 9\nwchar: 8\nsyscr: 7\nsyscw: 6\nread_bytes: 4096\nwrite_bytes: 512\ncancelled_write_bytes: 5\n";
    let root = Root::new("io", &[("proc/self/io", io)]);
    let telemetry = observed(|builder| builder.root(root.as_ref()));
    let disk = numbers(&telemetry, PROCESS_DISK_IO, DISK_IO_DIRECTION, ["read", "write"]);
    assert_eq!(disk, [4_096.0, 512.0]);
}

#[test]
fn what_cannot_be_read_is_not_reported_and_the_rest_is() {
    let nothing = Root::new("nothing", &[]);
    let from_the_kernel = [PROCESS_CONTEXT_SWITCHES, PROCESS_CPU_TIME, PROCESS_PAGING_FAULTS];
    assert_eq!(names(&observed(|builder| builder.root(nothing.as_ref()))), from_the_kernel);

    let io =
        "rchar: 9\nwchar: 8\nsyscr: 7\nsyscw: 6\nread_bytes: -1\nwrite_bytes: 1\ncancelled_write_bytes: 5\n";
    let odd = [("proc/self/io", io), ("proc/uptime", "NaN 1\n")];
    let root = Root::new("odd", &odd);
    root.write("proc/self/statm", "9223372036854775807 2 1 1 0 1 0\n");
    root.write("proc/self/stat", &stat(3, 1));
    let telemetry = observed(|builder| builder.root(root.as_ref()));
    assert_eq!(names(&telemetry), [&from_the_kernel[..], &[PROCESS_THREAD_COUNT]].concat());
    assert_near(number(&telemetry, PROCESS_THREAD_COUNT), 3.0, 0.0);

    for broken in ["", "7", "(", ")(", "7 (a)", "7 (a) S 1", "é(a) S 1", "many 2 1 1 0 1 0", "é 1\n"] {
        for file in ["stat", "statm", "io"] {
            root.write(&format!("proc/self/{file}"), broken);
        }
        root.write("proc/uptime", broken);
        assert_eq!(names(&observed(|builder| builder.root(root.as_ref()))), from_the_kernel, "{broken}");
    }
}

#[test]
fn a_process_that_began_after_now_has_no_uptime() {
    let root = Root::new("future", &[("proc/self/stat", &stat(1, 12_345)), ("proc/uptime", "5.00 1.00\n")]);
    assert!(observed(|builder| builder.root(root.as_ref())).metric(PROCESS_UPTIME).is_none());
}

#[test]
fn one_collection_reads_once() {
    let root = Root::new("once", &[("proc/self/stat", &stat(3, 1)), ("proc/self/statm", "2 1 1 1 0 1 0\n")]);
    let telemetry = observed(|builder| builder.root(root.as_ref()));
    assert_near(number(&telemetry, PROCESS_THREAD_COUNT), 3.0, 0.0);
    root.write("proc/self/stat", &stat(4, 1));
    root.write("proc/self/statm", "3 1 1 1 0 1 0\n");
    telemetry.clock().advance(Duration::from_millis(100));
    assert_near(number(&telemetry, PROCESS_MEMORY_VIRTUAL), pages(2), 0.0);
    telemetry.clock().advance(Duration::from_secs(1));
    assert_near(number(&telemetry, PROCESS_MEMORY_VIRTUAL), pages(3), 0.0);
    assert_near(number(&telemetry, PROCESS_THREAD_COUNT), 4.0, 0.0);
}

const ID: &str = "dc64b5743252dbaef6e30521c34d6bbd1620c8ce65bdb7bf9e7143b61bb5b183";

/// Working set and what is left, of a container that these files describe.
fn container(name: &str, files: &[(&str, &str)]) -> [Option<i64>; 2] {
    let root = Root::new(name, files);
    let telemetry = observed(|builder| builder.root(root.as_ref()));
    [CONTAINER_MEMORY_WORKING_SET, CONTAINER_MEMORY_AVAILABLE].map(|name| {
        let metric = telemetry.metric(name)?;
        assert_eq!((metric.kind, &*metric.unit), (UP_DOWN, "By"));
        metric.points[0].value.as_i64()
    })
}

#[test]
fn the_memory_of_a_container_is_its_control_groups() {
    let own_name_space = [
        ("proc/self/cgroup", "0::/\n"),
        ("sys/fs/cgroup/memory.current", "5000\n"),
        ("sys/fs/cgroup/memory.max", "8000\n"),
        ("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 2000\nactive_file 3\n"),
    ];
    assert_eq!(container("v2", &own_name_space), [Some(3_000), Some(5_000)]);

    let group = format!("0::/system.slice/docker-{ID}.scope\n");
    let folder = format!("sys/fs/cgroup/system.slice/docker-{ID}.scope");
    let file = |name: &str| format!("{folder}/{name}");
    let of_the_host = [
        ("proc/self/cgroup", &*group),
        (&file("memory.current"), "5000"),
        (&file("memory.max"), "8000"),
        (&file("memory.stat"), "inactive_file 1000\n"),
        ("sys/fs/cgroup/memory.stat", "inactive_file 7\n"),
    ];
    assert_eq!(container("v2-host", &of_the_host), [Some(4_000), Some(4_000)]);

    let groups = format!("5:cpu,cpuacct:/docker/{ID}\n4:memory:/docker/{ID}\n0::/\n");
    let version_1 = [
        ("proc/self/cgroup", &*groups),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000\n"),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "6000\n"),
        ("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 500\n"),
    ];
    assert_eq!(container("v1", &version_1), [Some(4_500), Some(1_500)]);
}

#[test]
fn a_container_without_limit_has_no_memory_left_to_report() {
    for (name, limit) in [("v2-max", "max\n"), ("v2-none", "")] {
        let files = [
            ("proc/self/cgroup", "0::/\n"),
            ("sys/fs/cgroup/memory.current", "5000\n"),
            ("sys/fs/cgroup/memory.max", limit),
            ("sys/fs/cgroup/memory.stat", "inactive_file 9000\n"),
        ];
        assert_eq!(container(name, &files), [Some(0), None]);
    }
    let groups = format!("4:memory:/docker/{ID}\n");
    let version_1 = [
        ("proc/self/cgroup", &*groups),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000\n"),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 0\n"),
    ];
    assert_eq!(container("v1-max", &version_1), [Some(5_000), None]);
}

#[test]
fn a_control_group_that_is_no_container_is_not_taken_for_one() {
    let service = [
        ("proc/self/cgroup", "0::/system.slice/shop.service\n"),
        ("sys/fs/cgroup/system.slice/shop.service/memory.current", "5000\n"),
        ("sys/fs/cgroup/system.slice/shop.service/memory.stat", "inactive_file 1\n"),
    ];
    let root_of_version_2 =
        [("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/memory.stat", "inactive_file 1\n")];
    let root_of_version_1 = [
        ("proc/self/cgroup", "4:memory:/\n0::/\n"),
        ("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000\n"),
        ("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 0\n"),
    ];
    assert_eq!(container("service", &service), [None, None]);
    assert_eq!(container("root-2", &root_of_version_2), [None, None]);
    assert_eq!(container("root-1", &root_of_version_1), [None, None]);
    assert_eq!(container("no-groups", &[]), [None, None]);
}
