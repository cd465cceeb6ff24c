use std::{
    env, fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use otel_kit_testing::received::Received;
use tempfile::TempDir;

use crate::service::free_ports;

const START: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

/// A running Collector that writes what it receives into a folder of its own.
pub(crate) struct Collector {
    child: Child,
    grpc: u16,
    http: u16,
    output: TempDir,
}

impl Collector {
    pub(crate) fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// With these files of `scripts/collector` over the usual configuration, and the variables that they need.
    pub(crate) fn start_with(files: &[&str], variables: &[(&str, &str)]) -> Self {
        let binary = env::var("OTEL_KIT_COLLECTOR")
            .expect("OTEL_KIT_COLLECTOR must name a Collector: scripts/collector/build.sh makes one");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/collector");
        let output = tempfile::tempdir().unwrap();
        let [grpc, http, health] = free_ports();
        let child = Command::new(binary)
            .args(["collector.yaml"].iter().chain(files).map(|file| format!("--config={file}")))
            .current_dir(folder)
            .envs(variables.iter().copied())
            .env("COLLECTOR_OUT", output.path())
            .env("COLLECTOR_GRPC_PORT", grpc.to_string())
            .env("COLLECTOR_HTTP_PORT", http.to_string())
            .env("COLLECTOR_HEALTH_PORT", health.to_string())
            .stdout(Stdio::null())
            .stderr(fs::File::create(output.path().join("collector.log")).unwrap())
            .spawn()
            .unwrap();
        let collector = Self { child, grpc, http, output };
        let until = Instant::now() + START;
        while !is_healthy(health) {
            assert!(Instant::now() < until, "the Collector did not start: {}", collector.log());
            thread::sleep(POLL);
        }
        collector
    }

    pub(crate) fn grpc_endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.grpc)
    }

    pub(crate) fn http_endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// What it wrote, as soon as that is `enough`; after the time limit, what is there.
    pub(crate) fn wait_for(&self, limit: Duration, enough: impl Fn(&Received) -> bool) -> Received {
        let until = Instant::now() + limit;
        loop {
            let received = self.received();
            if enough(&received) || Instant::now() > until {
                return received;
            }
            thread::sleep(POLL);
        }
    }

    fn received(&self) -> Received {
        let mut lines = String::new();
        for file in ["traces.jsonl", "metrics.jsonl", "logs.jsonl"] {
            let text = fs::read_to_string(self.output.path().join(file)).unwrap_or_default();
            // It may be writing its last line right now.
            lines += text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            lines.push('\n');
        }
        Received::from_json_lines(&lines).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.output.path().join("collector.log")).unwrap_or_default()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_healthy(port: u16) -> bool {
    let answer = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    };
    answer().is_ok_and(|text| text.contains(" 200 "))
}
