//! The shop, a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

const START: Duration = Duration::from_secs(30);

/// A running shop.
pub(crate) struct Shop {
    process: Child,
    url: String,
    /// Address of the port for Prometheus, if there is one.
    pub(crate) metrics: Option<String>,
    _folder: TempDir,
}

impl Shop {
    /// Starts it with this `otel-kit.yaml`.
    pub(crate) fn start(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("otel-kit.yaml"), config).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_shop-process"))
            .current_dir(folder.path())
            .env_remove("RUST_LOG")
            .env("LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut shop = Self { process, url: String::new(), metrics: None, _folder: folder };
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        while shop.url.is_empty() {
            let line = lines.recv_timeout(START).expect("the shop says that it listens");
            shop.heed(&serde_json::from_str(&line).unwrap());
        }
        shop
    }

    /// Quick ones, then a slow one.
    pub(crate) async fn take_orders(&self, quick: u8) {
        for kind in std::iter::repeat_n("quick", quick.into()).chain(["slow"]) {
            let answer = reqwest::get(format!("{}/orders/{kind}", self.url)).await.unwrap();
            assert_eq!(answer.text().await.unwrap(), "thanks");
        }
    }

    fn heed(&mut self, line: &Value) {
        if line["message"] == "listening" {
            self.url = format!("http://{}", line["address"].as_str().unwrap());
        } else if let Some((_, url)) = line["message"].as_str().unwrap().split_once("serving Prometheus at ")
        {
            let address = url.strip_prefix("http://").and_then(|url| url.strip_suffix("/metrics"));
            self.metrics = Some(address.unwrap().to_owned());
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
