//! The `baggage` header: what the application sends along with a request.
//!
//! The members that came in also stay in the context as one header value, in their order and with
//! duplicates, which [`Baggage`] cannot hold. It goes out again as long as nobody changed the baggage;
//! changed baggage goes out sorted by name.
//!
//! <https://www.w3.org/TR/baggage/>

use http::HeaderValue;
use opentelemetry::{
    Context,
    baggage::{Baggage, BaggageExt},
    trace::{SpanContext, TraceContextExt},
};

use super::line::{Line, members, trim};
use list::List;
use member::{Member, Value};

mod list;
mod member;

/// Puts the members of all lines into the context, as far as they are legal and within the limits.
///
/// Nothing if there are none: the baggage of the context then stays as it is.
pub(super) fn extract<L: Line>(base: &Context, mut lines: impl Iterator<Item = L>) -> Option<Context> {
    let first = lines.next()?;
    let mut reader = Reader::with_capacity(first.bytes().len());
    for line in std::iter::once(first).chain(lines) {
        reader.read(line.bytes());
    }
    reader.into_context(base)
}

/// The same for members that a carrier holds one by one, each with its percent-encoded value.
pub(super) fn extract_members(base: &Context, members: Vec<(&str, &str)>) -> Option<Context> {
    let mut reader = Reader::with_capacity(members.iter().map(|(key, value)| key.len() + value.len()).sum());
    for (key, value) in members {
        let member = [key, "=", value].concat();
        // A comma or semicolon would make a list or a property of it.
        if let Some(member) =
            Member::parse(member.as_bytes()).filter(|member| member.key == key && member.is_plain())
        {
            reader.add(&member);
        }
    }
    reader.into_context(base)
}

/// The members to be written one by one, in the order of their names, values percent-encoded.
pub(super) fn members_of(baggage: &Baggage) -> Vec<(&str, String)> {
    let mut members: Vec<_> =
        baggage.iter().map(|(key, (value, _))| (key.as_str(), list::encoded(value.as_str()))).collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    members
}

/// The list that goes out with a context.
pub(super) fn outgoing(context: &Context) -> Option<HeaderValue> {
    let baggage = context.baggage();
    if baggage.is_empty() {
        return None;
    }
    match context.get::<Received>() {
        Some(received) if received.is_for(baggage) => Some(received.list.clone()),
        _ => format(baggage),
    }
}

/// The list that came in, valid for the very baggage that was made of it.
struct Received {
    list: HeaderValue,
    /// Keeps that baggage alive, so that no other one can be found at its address.
    holder: Context,
}

impl Received {
    fn none() -> Self {
        Self { list: HeaderValue::from_static(""), holder: Context::new() }
    }

    fn is_for(&self, baggage: &Baggage) -> bool {
        std::ptr::eq(self.holder.baggage(), baggage)
    }
}

struct Reader {
    baggage: Baggage,
    list: List,
}

impl Reader {
    fn with_capacity(bytes: usize) -> Self {
        Self { baggage: Baggage::new(), list: List::with_capacity(bytes) }
    }

    fn read(&mut self, line: &[u8]) {
        let Ok(line) = std::str::from_utf8(line) else {
            return members(line).filter_map(Member::parse).for_each(|member| self.add(&member));
        };
        let mut rest = Some(line);
        while let Some(list) = rest {
            if let Some((member, tail)) = Member::take(list) {
                self.add(&member);
                rest = tail;
            } else {
                let mut parts = list.splitn(2, ',');
                let member = parts.next().and_then(|member| Member::parse(trim(member.as_bytes())));
                member.iter().for_each(|member| self.add(member));
                rest = parts.next();
            }
        }
    }

    fn add(&mut self, member: &Member<'_>) {
        let value = member.decoded();
        if let Some(metadata) = self.list.push(member.key, &Value::of(member, &value), member.properties) {
            self.baggage.insert_with_metadata(member.key.to_owned(), value.into_owned(), metadata);
        }
    }

    fn into_context(self, base: &Context) -> Option<Context> {
        let list = self.list.into_value()?;
        // A holder that held the one before, and so on, would grow with each extraction.
        let cleared = base.get::<Received>().map(|_| base.with_value(Received::none()));
        let context = cleared.as_ref().unwrap_or(base).with_baggage(self.baggage);
        let holder = if context.has_active_span() {
            // A span that ends when it is dropped must not be kept.
            context.with_remote_span_context(SpanContext::NONE)
        } else {
            context.clone()
        };
        Some(context.with_value(Received { list, holder }))
    }
}

fn format(baggage: &Baggage) -> Option<HeaderValue> {
    let mut length = 0;
    let mut entries: Vec<_> = baggage
        .iter()
        .map(|(key, entry @ (value, metadata))| {
            let value = Value::new(value.as_str());
            length += List::length(key.as_str(), &value, metadata.as_str());
            (key.as_str(), value.encoded, entry)
        })
        .collect();
    entries.sort_unstable_by_key(|(key, ..)| *key);
    let mut list = List::with_capacity(length.saturating_sub(1));
    for (key, encoded, (value, metadata)) in entries {
        list.push(key, &Value { text: value.as_str(), encoded }, metadata.as_str().as_bytes());
    }
    list.into_value()
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;

    use super::*;

    fn extracted(base: &Context, line: &str) -> Context {
        extract(base, std::iter::once(line)).unwrap()
    }

    fn sent(context: &Context) -> String {
        outgoing(context).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn replaced_baggage_is_sent_even_if_it_has_the_same_entries() {
        let context = extracted(&Context::new(), "b=2,a=1,b=3");
        assert_eq!(sent(&context), "b=2,a=1,b=3");
        let same = context.with_baggage([KeyValue::new("b", "3"), KeyValue::new("a", "1")]);
        assert_eq!(sent(&same), "a=1,b=3");
        assert!(outgoing(&context.with_cleared_baggage()).is_none());
    }

    #[test]
    fn extraction_over_an_extracted_context_holds_no_chain() {
        let context = extracted(&extracted(&Context::new(), "a=1"), "b=2");
        let received = context.get::<Received>().unwrap();
        let inner = received.holder.get::<Received>().unwrap();
        assert!(inner.list.is_empty() && inner.holder.get::<Received>().is_none());
        assert_eq!(sent(&context), "b=2");
    }

    #[test]
    fn the_kept_list_does_not_keep_the_span() {
        let base = Context::new().with_remote_span_context(SpanContext::NONE);
        let context = extracted(&base, "a=1");
        assert!(context.has_active_span());
        assert!(!std::ptr::eq(
            context.span().span_context(),
            context.get::<Received>().unwrap().holder.span().span_context()
        ));
    }
}
