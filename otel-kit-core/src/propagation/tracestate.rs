//! The `tracestate` header: members of all the tracing systems that took part, newest first.
//!
//! [`TraceState`] refuses keys that level 2 allows and copies each member several times. So the members
//! that came in stay one header value in the context; only the one of OpenTelemetry goes into the span
//! context too, where samplers read and change it.
//!
//! <https://www.w3.org/TR/trace-context-2/#tracestate-header>

use http::HeaderValue;
use opentelemetry::{
    Context, TraceId,
    trace::{SpanContext, TraceState},
};

use super::line::{Line, members, split_once};
use list::{List, MAX_MEMBERS, is_key, is_value, key, value};

mod list;

/// The `tracestate` that came in with a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    list: HeaderValue,
    /// OpenTelemetry's own member, as it came in.
    own: TraceState,
}

impl Received {
    /// Joins the lines of a carrier. One illegal member, or one too many, makes the whole list illegal.
    pub(super) fn parse<L: Line, I: Iterator<Item = L>>(lines: impl Fn() -> I) -> Option<Self> {
        let summary = Summary::of(lines())?;
        let mut all = lines();
        let list = match (all.next(), all.next()) {
            (Some(only), None) if summary.tidy => only.to_value()?,
            _ => join(lines())?,
        };
        Some(Self { list, own: summary.own })
    }

    /// What belongs into the span context.
    pub(super) fn own(&self) -> TraceState {
        self.own.clone()
    }
}

/// Keeps what came in with a trace in the context, for all spans of this trace below it.
///
/// Nothing came in: then a list that an outer context holds for the same trace must not go on either.
pub(super) fn remember(base: &Context, trace_id: TraceId, received: Option<Received>) -> Option<Context> {
    let is_outdated = || base.get::<State>().is_some_and(|state| state.trace_id == trace_id);
    (received.is_some() || is_outdated()).then(|| base.with_value(State { trace_id, received }))
}

/// The list that goes out with a span: what the span context holds first, as newest, then what came in.
pub(super) fn outgoing(context: &Context, span: &SpanContext) -> Option<HeaderValue> {
    let received = context
        .get::<State>()
        .filter(|state| state.trace_id == span.trace_id())
        .and_then(|state| state.received.as_ref());
    match received {
        Some(received) if received.own == *span.trace_state() => Some(received.list.clone()),
        Some(received) => merge(span.trace_state(), received.list.as_bytes()),
        None => merge(span.trace_state(), &[]),
    }
}

/// A list is bound to its trace: a span that starts a new trace below does not send it.
struct State {
    trace_id: TraceId,
    received: Option<Received>,
}

fn merge(own: &TraceState, foreign: &[u8]) -> Option<HeaderValue> {
    let mut list = List::default();
    for (key, value) in own {
        // The API's type lets illegal values pass.
        if is_key(key.as_bytes()) && is_value(value.as_bytes()) {
            list.push(&[key.as_bytes(), b"=", value.as_bytes()]);
        }
    }
    for member in members(foreign) {
        let key = split_once(member, b'=').and_then(|(key, _)| std::str::from_utf8(key).ok());
        // OpenTelemetry's member is always taken from the span context, where it may have been deleted.
        if key.is_some_and(|key| key != OPENTELEMETRY && own.get(key).is_none()) {
            list.push(&[member]);
        }
    }
    list.into_value()
}

fn join<L: Line>(lines: impl Iterator<Item = L>) -> Option<HeaderValue> {
    let mut list = List::default();
    for line in lines {
        for member in members(line.bytes()).filter(|member| !member.is_empty()) {
            list.push(&[member]);
        }
    }
    list.into_value()
}

/// What one pass over all members found.
struct Summary {
    members: usize,
    /// No empty members, no white space to take off.
    tidy: bool,
    own: TraceState,
}

impl Summary {
    /// Nothing if a member is illegal, if there are too many, or if there are none.
    fn of<L: Line>(lines: impl Iterator<Item = L>) -> Option<Self> {
        let mut summary = Self { members: 0, tidy: true, own: TraceState::NONE };
        for line in lines {
            summary.add_line(line.bytes())?;
        }
        (summary.members > 0).then_some(summary)
    }

    /// Looks at each byte once.
    fn add_line(&mut self, mut line: &[u8]) -> Option<()> {
        loop {
            // Members may be empty.
            line = self.skip(line, |byte| matches!(byte, b' ' | b'\t' | b','));
            if line.is_empty() {
                return Some(());
            }
            let (key, after) = key(line)?;
            let (value, after) = value(after.strip_prefix(b"=")?)?;
            self.add(key, value)?;
            match self.skip(after, |byte| matches!(byte, b' ' | b'\t')) {
                [] => return Some(()),
                [b',', next @ ..] => line = next,
                _ => return None,
            }
            self.tidy &= !line.is_empty();
        }
    }

    /// Passes over what does not belong into a tidy list.
    fn skip<'a>(&mut self, mut line: &'a [u8], is_skipped: impl Fn(u8) -> bool) -> &'a [u8] {
        while let [byte, rest @ ..] = line
            && is_skipped(*byte)
        {
            line = rest;
            self.tidy = false;
        }
        line
    }

    fn add(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        self.members += 1;
        if self.members > MAX_MEMBERS {
            return None;
        }
        if key == OPENTELEMETRY.as_bytes() && self.own == TraceState::NONE {
            let value = std::str::from_utf8(value).ok()?;
            self.own = TraceState::from_key_value([(OPENTELEMETRY, value)]).unwrap_or_default();
        }
        Some(())
    }
}

/// The key of OpenTelemetry's member, which holds what its samplers say to each other.
const OPENTELEMETRY: &str = "ot";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Option<Received> {
        Received::parse(|| lines.iter().copied())
    }

    #[test]
    fn a_tidy_single_line_is_kept_without_a_copy() {
        let line = HeaderValue::from_static("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
        let received = Received::parse(|| [&line].into_iter()).unwrap();
        assert_eq!(received.list.as_bytes().as_ptr(), line.as_bytes().as_ptr());
    }

    #[test]
    fn untidy_and_several_lines_become_one_tidy_line() {
        for lines in [&["a=1", "", "b=2"][..], &["a=1\t ,, \t b=2"], &[",a=1", "b=2,"], &[" a=1,b=2"]] {
            assert_eq!(parse(lines).unwrap().list, "a=1,b=2", "{lines:?}");
        }
    }

    #[test]
    fn a_list_without_members_is_none() {
        for lines in [&[][..], &[""], &[" \t,,"], &["", ""]] {
            assert_eq!(parse(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn the_first_opentelemetry_member_is_read_into_the_trace_state() {
        assert_eq!(parse(&["a=1,ot=th:8,ot=th:9"]).unwrap().own().header(), "ot=th:8");
        assert_eq!(parse(&["a=1,other=2"]).unwrap().own(), TraceState::NONE);
    }
}
