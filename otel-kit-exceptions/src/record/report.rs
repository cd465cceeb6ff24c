use std::{
    any::TypeId,
    backtrace::{Backtrace, BacktraceStatus},
    error::Error,
    panic::Location,
};

use opentelemetry::{
    Context, KeyValue,
    trace::{Status, TraceContextExt},
};
use otel_kit_core::{
    Kit,
    exception::{Exception, Mechanism},
    semconv::{
        attribute::{ERROR_TYPE, OTHER},
        event::EXCEPTION,
    },
};

use crate::{
    chain::{Prefix, public_name},
    recorder::hold,
};

/// Where an error is recorded, and with which kit.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    location: &'static Location<'static>,
    kit: Option<&'a Kit>,
    function: Option<&'static str>,
}

impl<'a> Report<'a> {
    pub(crate) const fn new(location: &'static Location<'static>) -> Self {
        Self { location, kit: None, function: None }
    }

    pub(crate) const fn to(self, kit: &'a Kit) -> Self {
        Self { kit: Some(kit), ..self }
    }

    pub(crate) const fn within(self, function: &'static str) -> Self {
        Self { function: Some(function), ..self }
    }

    pub(crate) fn typed(self, error: &(dyn Error + 'static), type_name: &'static str, type_id: TypeId) {
        self.tell(error, Some((type_name, type_id)));
    }

    pub(crate) fn dynamic(self, error: &(dyn Error + 'static)) {
        self.tell(error, None);
    }

    /// The backtrace becomes a text only if the error is exported: that takes long.
    #[cfg_attr(not(feature = "anyhow"), allow(dead_code, reason = "reports of anyhow have one"))]
    pub(crate) fn with_backtrace(self, error: &(dyn Error + 'static), backtrace: &Backtrace) {
        if backtrace.status() != BacktraceStatus::Captured {
            return self.dynamic(error);
        }
        for held in hold(|| self.dynamic(error)) {
            held.send(Some(&backtrace.to_string()));
        }
    }

    fn tell(self, error: &(dyn Error + 'static), known: Option<(&'static str, TypeId)>) {
        let global = if self.kit.is_none() { Kit::global() } else { None };
        let Some(kit) = self.kit.or(global.as_ref()) else { return };
        let context = Context::current();
        let exception = Exception::new(EXCEPTION, Mechanism::Manual, &context);
        let mut exception = exception.with_error(error).with_location(self.location);
        if let Some((type_name, type_id)) = known {
            exception = exception.with_type_name(type_name).with_type_id(type_id);
        }
        if let Some(function) = self.function {
            exception = exception.with_function(function);
        }
        kit.record_exception(&exception);
        mark_span(&context, &exception);
    }
}

fn mark_span(context: &Context, exception: &Exception<'_>) {
    let span = context.span();
    if span.is_recording() {
        span.set_status(Status::error(""));
        span.set_attribute(KeyValue::new(ERROR_TYPE, error_type(exception)));
    }
}

/// A word of a bounded set.
fn error_type(exception: &Exception<'_>) -> String {
    if let Some(name) = exception.type_name() {
        return public_name(name);
    }
    exception.error().and_then(Prefix::telling_name).unwrap_or_else(|| OTHER.to_owned())
}
