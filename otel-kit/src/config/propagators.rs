use super::{
    ConfigError, choice,
    choice::{Choice, name_of, none_of},
    env,
    env::Env,
    error::Problem,
    layers::Layers,
};
use otel_kit_core::propagation::Format;

/// The formats of key `propagators`, in order and without duplicates.
pub(super) fn resolve(layers: &mut Layers) -> Result<Vec<Format>, ConfigError> {
    let formats = layers.pick("propagators", |p| p.propagators.clone(), formats)?;
    Ok(formats.unwrap_or_else(|| vec![Format::TraceContext, Format::Baggage]))
}

/// Reads `OTEL_PROPAGATORS`; what is not supported is left out with a warning each.
pub(super) fn from_env(env: &mut Env<'_>) -> Option<Vec<String>> {
    let names = env.value("propagators", VARIABLE, env::list)?;
    let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let (good, bad): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| name == NONE || format(name).is_ok());
    for problem in bad.iter().filter_map(|name| format(name).err()) {
        env.warn(VARIABLE, &problem);
    }
    (!good.is_empty()).then_some(good)
}

/// How a format is called in the configuration.
pub(super) fn name(format: &Format) -> &'static str {
    name_of(*format)
}

fn formats(names: Vec<String>) -> Result<Vec<Format>, Problem> {
    if names.iter().any(|name| name == NONE) {
        return match names.len() {
            1 => Ok(Vec::new()),
            _ => Err(Problem::new("`none` stands beside others", "write it alone, or leave it out")),
        };
    }
    let mut formats = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let format = format(name).map_err(|problem| problem.at_item(index))?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    Ok(formats)
}

fn format(name: &str) -> Result<Format, Problem> {
    if NEVER.contains(&name) {
        let what = format_args!("`{name}` is not supported").to_string();
        return Err(Problem::new(what, "use tracecontext, baggage, b3, b3multi, jaeger or none"));
    }
    let known = Format::NAMES.iter().map(|(name, _)| *name).chain([NONE]);
    choice::named(name).map_err(|_| none_of(name, &known.collect::<Vec<_>>()))
}

impl Choice for Format {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("tracecontext", Self::TraceContext),
        ("baggage", Self::Baggage),
        ("b3", Self::B3),
        ("b3multi", Self::B3Multi),
        ("jaeger", Self::Jaeger),
    ];
}

const VARIABLE: &str = "OTEL_PROPAGATORS";
const NONE: &str = "none";
/// Known to the specification, and close enough to no other name to be a misspelling of it.
const NEVER: [&str; 2] = ["xray", "ottrace"];
