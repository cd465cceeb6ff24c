use std::{fmt, time::SystemTime};

use opentelemetry::{SpanId, TraceId};

/// Exceptions of one cause, as far as one can tell: all that have the same fingerprint.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// 16 hexadecimal digits; the same cause has the same one in every process.
    pub fingerprint: String,
    /// The same without stack frames: it links the groups of builds with and without debug information.
    pub secondary_fingerprint: String,
    /// For people: type, message with placeholders, culprit.
    pub title: String,
    /// The function to blame, where it is known.
    pub culprit: Option<String>,
    /// Type of the outermost error.
    pub exception_type: String,
    /// What the fingerprint rests on.
    pub grouping: Grouping,
    /// How many there were, those included that were held back.
    pub count: u64,
    /// How many were counted but not exported, since the group had used up its budget.
    pub suppressed: u64,
    /// The first one.
    pub first_seen: SystemTime,
    /// The last one.
    pub last_seen: SystemTime,
    /// Operations that it hit, such as `POST /orders/{id}`: the first few, without repeats.
    pub operations: Vec<String>,
    /// One of them, the last that was exported.
    pub sample: Sample,
}

/// One exception of a [`Group`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Its message as it was; it may hold anything.
    pub message: String,
    /// Its stack trace, if it has one.
    pub stacktrace: Option<String>,
    /// The trace in which it happened; invalid if in none.
    pub trace_id: TraceId,
    /// The span in it.
    pub span_id: SpanId,
}

/// What a fingerprint rests on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Grouping {
    /// Functions of the application on the stack.
    Frames,
    /// The place in the source where it was recorded.
    Place,
    /// The message alone.
    Message,
    /// What a rule of the configuration says.
    Custom,
}

/// Where the groups come from: whoever keeps them.
pub trait GroupSource: fmt::Debug + Send + Sync {
    /// All groups of this process, those with the last exceptions first.
    fn groups(&self) -> Vec<Group>;
}

impl Grouping {
    /// Lower-case word: `frames`, `place`, `message`, `custom`.
    ///
    /// ```
    /// assert_eq!(otel_kit_core::exception::Grouping::Frames.name(), "frames");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Place => "place",
            Self::Message => "message",
            Self::Custom => "custom",
        }
    }
}

impl Group {
    /// A group of a first exception.
    #[must_use]
    pub fn new(fingerprint: String, title: String, exception_type: String, at: SystemTime) -> Self {
        Self {
            fingerprint,
            secondary_fingerprint: String::new(),
            title,
            culprit: None,
            exception_type,
            grouping: Grouping::Place,
            count: 1,
            suppressed: 0,
            first_seen: at,
            last_seen: at,
            operations: Vec::new(),
            sample: Sample::new(String::new()),
        }
    }
}

impl Sample {
    /// A sample outside of any trace, without a stack trace.
    #[must_use]
    pub const fn new(message: String) -> Self {
        Self { message, stacktrace: None, trace_id: TraceId::INVALID, span_id: SpanId::INVALID }
    }
}
