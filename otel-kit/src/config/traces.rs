use std::{fmt, time::Duration};

use otel_kit_sdk::ErrorStatus;
use serde::Deserialize;
use tracing_subscriber::filter::Targets;

use super::{
    Batch, ConfigError, PartialBatch, PartialSpanLimits, SpanLimits,
    choice::{self, Choice, name_of},
    env::Env,
    error::Problem,
    layers::Layers,
    print::Printer,
    read,
    values::{directives, info},
};

/// Section `traces`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialTraces {
    /// Which `tracing` spans become spans: levels for targets, such as `info,sqlx=warn`; default `info`.
    /// The log level does not touch them.
    pub filter: Option<String>,
    /// Which traces are kept.
    pub sampler: PartialSampler,
    /// How much one span may hold.
    pub limits: PartialSpanLimits,
    /// How spans wait for their export.
    pub batch: PartialBatch,
    /// Whether `tracing` events become events of their span too; default `false`: they are log records.
    pub events: Option<bool>,
    /// Which `tracing` events of level `ERROR` give their span the status error; default `errors`.
    #[serde(deserialize_with = "read::choice")]
    pub error_status: Option<ErrorStatus>,
    /// Whether spans of `tracing` say where they are in the source; default `false`.
    pub source_location: Option<bool>,
    /// Whether spans of `tracing` say which thread made them; default `false`.
    pub threads: Option<bool>,
}

/// Keys of `traces.sampler`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialSampler {
    /// Share of the traces begun here that are kept, 0 to 1; default 1.
    pub ratio: Option<f64>,
    /// Whether the decision of the caller holds for its traces; default `true`.
    pub parent_based: Option<bool>,
}

/// How spans are made and kept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Traces {
    /// Which `tracing` spans become spans.
    pub filter: Targets,
    /// Which traces are kept.
    pub sampler: Sampler,
    /// How much one span may hold.
    pub limits: SpanLimits,
    /// How spans wait for their export.
    pub batch: Batch,
    /// Whether `tracing` events become events of their span too.
    pub events: bool,
    /// Which `tracing` events of level `ERROR` give their span the status error.
    pub error_status: ErrorStatus,
    /// Whether spans of `tracing` say where they are in the source.
    pub source_location: bool,
    /// Whether spans of `tracing` say which thread made them.
    pub threads: bool,
}

/// Which traces are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sampler {
    /// Share of the traces that are kept, 0 to 1.
    pub ratio: f64,
    /// Whether the ratio counts only for traces begun here, and the caller decides about its own.
    pub parent_based: bool,
}

impl Traces {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let filter = layers.pick("traces.filter", |p| p.traces.filter.clone(), |text| directives(&text))?;
        let ratio_of = |p: &super::PartialConfig| p.traces.sampler.ratio;
        Ok(Self {
            filter: filter.unwrap_or_else(info),
            sampler: Sampler {
                ratio: layers.pick("traces.sampler.ratio", ratio_of, ratio)?.unwrap_or(1.0),
                parent_based: layers.take(|p| p.traces.sampler.parent_based).unwrap_or(true),
            },
            limits: SpanLimits::resolve(layers),
            batch: Batch::resolve(layers, "traces", DEFAULT_DELAY, |p| &p.traces.batch)?,
            events: layers.take(|p| p.traces.events).unwrap_or(false),
            error_status: layers.take(|p| p.traces.error_status).unwrap_or_default(),
            source_location: layers.take(|p| p.traces.source_location).unwrap_or(false),
            threads: layers.take(|p| p.traces.threads).unwrap_or(false),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("filter", &self.filter)?;
        out.line("sampler.ratio", self.sampler.ratio)?;
        out.line("sampler.parent_based", self.sampler.parent_based)?;
        out.section("limits", |out| self.limits.print(out))?;
        out.section("batch", |out| self.batch.print(out))?;
        out.line("events", self.events)?;
        out.line("error_status", name_of(self.error_status))?;
        out.line("source_location", self.source_location)?;
        out.line("threads", self.threads)
    }
}

impl Choice for ErrorStatus {
    const NAMES: &'static [(&'static str, Self)] =
        &[("off", Self::Off), ("errors", Self::Errors), ("all", Self::All)];
}

impl PartialTraces {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        Self {
            filter: None,
            sampler: PartialSampler::from_env(env),
            limits: PartialSpanLimits::from_env(env),
            batch: PartialBatch::from_env(env, "traces", BATCH_VARIABLES),
            events: None,
            error_status: None,
            source_location: None,
            threads: None,
        }
    }
}

impl PartialSampler {
    fn from_env(env: &mut Env<'_>) -> Self {
        let sampler = env.value("traces.sampler", "OTEL_TRACES_SAMPLER", sampler);
        let Some((parent_based, ratio)) = sampler else { return Self::default() };
        let given = match ratio {
            Some(_) => None,
            None => env.value("traces.sampler.ratio", "OTEL_TRACES_SAMPLER_ARG", ratio_of_text),
        };
        Self { ratio: ratio.or(given).or(Some(1.0)), parent_based: Some(parent_based) }
    }
}

/// Whether the sampler is parent-based, and its ratio unless that is the argument.
fn sampler(text: &str) -> Result<(bool, Option<f64>), Problem> {
    match text.to_ascii_lowercase().as_str() {
        "always_on" => Ok((false, Some(1.0))),
        "always_off" => Ok((false, Some(0.0))),
        "traceidratio" => Ok((false, None)),
        "parentbased_always_on" => Ok((true, Some(1.0))),
        "parentbased_always_off" => Ok((true, Some(0.0))),
        "parentbased_traceidratio" => Ok((true, None)),
        _ => Err(choice::none_of(text, &SAMPLERS)),
    }
}

fn ratio_of_text(text: &str) -> Result<f64, Problem> {
    let not_a_number = |_| Problem::new(format_args!("`{text}` is not a number"), "use one such as 0.1");
    text.parse().map_err(not_a_number).and_then(ratio)
}

fn ratio(ratio: f64) -> Result<f64, Problem> {
    if (0.0..=1.0).contains(&ratio) {
        return Ok(ratio);
    }
    Err(Problem::new(format_args!("{ratio} is not between 0 and 1"), "use a number such as 0.1"))
}

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

const BATCH_VARIABLES: [&str; 4] = [
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_EXPORT_TIMEOUT",
];

const DEFAULT_DELAY: Duration = Duration::from_secs(5);
