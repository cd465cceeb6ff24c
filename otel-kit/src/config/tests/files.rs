//! Which file is read, and that any text is a configuration or an error.

use std::path::Path;

use proptest::prelude::*;

use super::*;

#[test]
fn a_named_file_must_be_there_and_the_default_one_may_be() {
    let nowhere = Path::new("/nonexistent");
    assert_eq!(FileConfig::find(nowhere, &|_| None).unwrap(), None);
    let named = |name: &str| (name == "OTEL_KIT_CONFIG").then(|| "/nonexistent/a.yaml".to_owned());
    assert_eq!(
        FileConfig::find(nowhere, &named).unwrap_err().to_string(),
        "/nonexistent/a.yaml: cannot be read; make it readable, or name another file with OTEL_KIT_CONFIG"
    );
}

#[test]
fn the_file_of_the_directory_is_read_under_its_bare_name() {
    let directory = std::env::temp_dir().join(format!("otel-kit-config-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("otel-kit.yaml"), "nmae: 1").unwrap();
    std::fs::write(directory.join("other.yaml"), "service: {name: other}").unwrap();

    let error = FileConfig::find(&directory, &|_| None).unwrap_err().to_string();
    let other = directory.join("other.yaml").display().to_string();
    let file =
        FileConfig::find(&directory, &|name| (name == "OTEL_KIT_CONFIG").then(|| other.clone())).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();

    assert!(error.starts_with("otel-kit.yaml:1:1: nmae: unknown key"), "{error}");
    assert_eq!(file.unwrap().values().service.name.as_deref(), Some("other"));
}

/// Text that comes close to a configuration.
fn nearly_a_file() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "service",
        "export",
        "traces",
        "logs",
        "http",
        "sampler",
        "ratio",
        "headers",
        "endpoint",
        "batch",
        "size",
        "keys",
        "level",
        "propagators",
        "attributes",
        "name",
        ":",
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "&a ",
        "*a",
        "!!str ",
        "${A}",
        "${A:-",
        "$$",
        "0",
        "1.5",
        "10s",
        "http://c",
        "# ",
        "~",
        "|\n",
        "é",
        "\t",
        "---\n",
        "<<: ",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_a_configuration_or_an_error(text in "\\PC{0,80}", lines in "([ a-z:\\[\\]{},&*'\"|>#-]|\n){0,80}") {
        for file in [text, lines] {
            let _ = given().env("A", &file).file(&file).resolve();
        }
    }

    #[test]
    fn any_text_near_a_file_is_a_configuration_or_an_error_with_a_place(text in nearly_a_file()) {
        match given().env("A", "a: [").file(&text).resolve() {
            Ok((config, _)) => drop((config.to_string(), config.settings())),
            Err(error) => prop_assert!(error.to_string().starts_with("otel-kit.yaml:"), "{}", error),
        }
    }
}
