use opentelemetry::trace::SpanKind;

/// What is done with messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Send,
    Poll,
    Process,
    Commit,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Send, Self::Poll, Self::Process, Self::Commit];

    /// `messaging.operation.name`, the first word of the span's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Poll => "poll",
            Self::Process => "process",
            Self::Commit => "commit",
        }
    }

    /// `messaging.operation.type`.
    pub(crate) const fn operation_type(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Poll => "receive",
            Self::Process => "process",
            Self::Commit => "settle",
        }
    }

    pub(crate) const fn span_kind(self) -> SpanKind {
        match self {
            Self::Send => SpanKind::Producer,
            Self::Poll | Self::Commit => SpanKind::Client,
            Self::Process => SpanKind::Consumer,
        }
    }

    /// Producers belong to no group.
    pub(crate) const fn is_of_consumer(self) -> bool {
        !matches!(self, Self::Send)
    }

    /// Its place in what is kept for each kind.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Send => 0,
            Self::Poll => 1,
            Self::Process => 2,
            Self::Commit => 3,
        }
    }
}
