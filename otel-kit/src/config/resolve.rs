//! Code over environment over file over defaults, in one function.

use super::{
    Config, ConfigError, Export, FileConfig, Http, Logs, Metrics, PartialAlerts, PartialConfig,
    PartialExceptions, PartialExport, PartialHttp, PartialKafka, PartialLogs, PartialMetrics, PartialService,
    PartialSql, PartialTraces, Service, Traces, Warning, alerts,
    env::Env,
    exceptions, kafka,
    layers::{Features, Layers},
    propagators, sql,
    unsupported::{refuse_declarative_file, warn_of_later},
};

/// Makes one configuration of what `code`, the environment and the `file` say, in this order of precedence.
///
/// It reads nothing but its arguments. `is_terminal` says whether standard output is one: without any
/// endpoint, people see traces and readable lines there, and others get JSON lines.
///
/// A bad variable is a warning and ignored, as the
/// [specification](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/) asks.
///
/// ```
/// # #[cfg(feature = "http")] {
/// use otel_kit::config::{Exporter, PartialConfig, resolve};
///
/// let env = |name: &str| match name {
///     "OTEL_EXPORTER_OTLP_ENDPOINT" => Some("http://collector:4318".to_owned()),
///     "OTEL_BSP_MAX_QUEUE_SIZE" => Some("many".to_owned()),
///     _ => None,
/// };
/// let mut code = PartialConfig::default();
/// code.service.name = Some("shop".to_owned());
///
/// let (config, warnings) = resolve(code, &env, None, false).unwrap();
/// assert_eq!(config.service.name.as_deref(), Some("shop"));
/// let Exporter::Otlp(otlp) = &config.export.traces else { panic!() };
/// assert_eq!(otlp.endpoint.expose(), "http://collector:4318/v1/traces");
/// assert_eq!(warnings[0].variable(), "OTEL_BSP_MAX_QUEUE_SIZE");
/// # }
/// ```
///
/// # Errors
/// A value of `code` or `file` cannot be used, needs a cargo feature that is off, or a variable asks for
/// what does not exist yet (`OTEL_CONFIG_FILE`).
pub fn resolve(
    code: PartialConfig,
    env: &dyn Fn(&str) -> Option<String>,
    file: Option<FileConfig>,
    is_terminal: bool,
) -> Result<(Config, Vec<Warning>), ConfigError> {
    resolve_for(Features::compiled(), code, env, file, is_terminal)
}

pub(super) fn resolve_for(
    features: Features,
    code: PartialConfig,
    env: &dyn Fn(&str) -> Option<String>,
    file: Option<FileConfig>,
    is_terminal: bool,
) -> Result<(Config, Vec<Warning>), ConfigError> {
    let mut env = Env::new(env);
    refuse_declarative_file(&env)?;
    let from_env = PartialConfig::from_env(&mut env);
    warn_of_later(&mut env);
    let Env { names: variables, warnings, .. } = env;
    let mut layers = Layers { code, env: from_env, variables, file, features, warnings };
    let config = Config::resolve(&mut layers, is_terminal)?;
    Ok((config, without_repeats(layers.warnings)))
}

impl Config {
    fn resolve(layers: &mut Layers, is_terminal: bool) -> Result<Self, ConfigError> {
        Ok(Self {
            disabled: layers.take(|p| p.disabled).unwrap_or(false),
            service: Service::resolve(layers)?,
            export: Export::resolve(layers, is_terminal)?,
            propagators: propagators::resolve(layers)?,
            traces: Traces::resolve(layers)?,
            metrics: Metrics::resolve(layers)?,
            logs: Logs::resolve(layers, is_terminal)?,
            http: Http::resolve(layers)?,
            kafka: kafka::resolve(layers)?,
            sql: sql::resolve(layers)?,
            exceptions: exceptions::resolve(layers)?,
            alerts: alerts::resolve(layers)?,
        })
    }
}

impl PartialConfig {
    fn from_env(env: &mut Env<'_>) -> Self {
        Self {
            disabled: env.boolean("disabled", "OTEL_SDK_DISABLED"),
            service: PartialService::from_env(env),
            export: PartialExport::from_env(env),
            propagators: propagators::from_env(env),
            traces: PartialTraces::from_env(env),
            metrics: PartialMetrics::from_env(env),
            logs: PartialLogs::from_env(env),
            http: PartialHttp::from_env(env),
            kafka: PartialKafka::default(),
            sql: PartialSql::default(),
            exceptions: PartialExceptions::from_env(env),
            alerts: PartialAlerts::default(),
        }
    }
}

/// General keys are checked for each signal, and say the same each time.
fn without_repeats(warnings: Vec<Warning>) -> Vec<Warning> {
    let mut unique: Vec<Warning> = Vec::with_capacity(warnings.len());
    for warning in warnings {
        if !unique.contains(&warning) {
            unique.push(warning);
        }
    }
    unique
}
