//! Lines in a file, and what they are called there.

mod support;

use std::fs;

use serde_json::Value;
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, subscriber};

#[test]
fn lines_go_to_a_file_instead_of_standard_output_with_the_names_of_ecs() {
    let directory = std::env::temp_dir().join(format!("otel-kit-log-file-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let text = format!(
        "service: {{name: shop, version: '1'}}\nlogs:\n  stdout: false\n  format: ecs\n  limits: {{line: 2048}}\n  \
         file: {{path: '{}', rotate: never, max_bytes: 4096, max_files: 2}}",
        directory.join("app.log").display()
    );
    let lines = Lines::default();
    let telemetry = builder(&lines).config_text("file.yaml", &text).build().unwrap();
    with_default(&subscriber(&telemetry), || {
        for number in 0..10 {
            tracing::info!(number, "{}", "x".repeat(5_000));
        }
    });
    assert!(telemetry.flush(PLENTY).is_complete());
    assert_eq!(telemetry.lost_lines().cut, 10);
    assert!(lines.messages().is_empty());

    let mut files: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.iter().all(|file| file.metadata().unwrap().len() <= 4_096));
    let current = fs::read_to_string(directory.join("app.log")).unwrap();
    let last: Value = serde_json::from_str(current.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["service.name"], &last["number"], &last["log.level"]),
        (&"shop".into(), &9.into(), &"INFO".into())
    );
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_file_that_cannot_be_written_is_told_at_the_start() {
    let error = builder(&Lines::default())
        .config_text("file.yaml", "logs: {file: {path: /nowhere/app.log}}")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("/nowhere/app.log"), "{error}");
    let error = builder(&Lines::default())
        .config_text("file.yaml", "logs: {format: ecs, keys: {message: msg}}")
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("logs.keys"), "{error}");
}
