//! Variables of the specification that ask for what is not there: nobody shall think that they are obeyed.

use super::{ConfigError, env::Env, error::Problem};

/// A file that is named but not read would be a configuration that is silently not there.
///
/// # Errors
/// A variable names one.
pub(super) fn refuse_declarative_file(env: &Env<'_>) -> Result<(), ConfigError> {
    let variables = ["OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE"];
    match variables.into_iter().find(|variable| env.text(variable).is_some()) {
        None => Ok(()),
        Some(variable) => Err(ConfigError::Variable {
            variable,
            message: "declarative configuration files of OpenTelemetry are not supported yet; unset it and \
                      write an otel-kit.yaml, which OTEL_KIT_CONFIG may name"
                .to_owned(),
        }),
    }
}

/// One warning for each variable that will be obeyed later.
pub(super) fn warn_of_later(env: &mut Env<'_>) {
    for (variable, what) in LATER {
        if env.text(variable).is_some() {
            env.warn(variable, &Problem::new(format_args!("{what} not supported yet"), "unset it"));
        }
    }
}

const LATER: [(&str, &str); 1] = [("OTEL_ENTITIES", "entities are")];
