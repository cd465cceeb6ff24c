//! Tests of otel-kit that span crates; they are in `tests/`.
