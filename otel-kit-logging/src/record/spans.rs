//! Fields of `tracing` spans, kept in the span's extensions for the lines inside it.

use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use tracing::span::{Attributes, Record};

use super::{
    Fields, Limit, Name,
    names::Part,
    visitor::{Slot, Visitor},
};

/// What the log layer keeps of a span; the lines inside the span share it. Its memory goes from span to span.
#[derive(Clone, Debug)]
pub(crate) struct SpanFields(Option<Arc<Kept>>);

#[derive(Debug)]
struct Kept {
    fields: Fields,
    /// The shapes of all names, if no name is there twice. Asked for by the first line inside the span.
    shapes: OnceLock<Option<u64>>,
    /// Made by the first line inside the span.
    encoded: OnceLock<Vec<u8>>,
}

impl SpanFields {
    /// `None` if the span has no value yet.
    pub(crate) fn of(attributes: &Attributes<'_>, limit: Limit) -> Option<Self> {
        let kept = Self::filled(limit, |fields| attributes.record(&mut Visitor::new(fields, Slot::Field)));
        (!kept.fields().is_empty()).then_some(kept)
    }

    /// The values that were recorded later.
    pub(crate) fn recorded(values: &Record<'_>, limit: Limit) -> Self {
        Self::filled(limit, |fields| values.record(&mut Visitor::new(fields, Slot::Field)))
    }

    /// These fields with the values of `later`, which replace older ones. Everything is copied: a span that
    /// records for hours must not grow.
    pub(crate) fn updated(&self, later: &Self, limit: Limit) -> Self {
        let (own, later) = (self.fields(), later.fields());
        Self::filled(limit, |fields| {
            for (name, value) in own.iter() {
                match later.find(name) {
                    Some(value) => fields.push_value(name, value),
                    None if replaces(later, name) => {}
                    None => fields.push_value(name, value),
                }
            }
            for (name, value) in later.iter().filter(|(name, _)| own.find(*name).is_none()) {
                fields.push_value(name, value);
            }
            if own.is_cut() || later.is_cut() {
                fields.mark_cut();
            }
        })
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.kept().fields
    }

    /// The shapes of the names; `None` if a name is there twice.
    pub(super) fn shapes(&self) -> Option<u64> {
        let kept = self.kept();
        *kept.shapes.get_or_init(|| shapes(&kept.fields))
    }

    /// All fields as `encode` writes them, which must always be the same.
    pub(crate) fn encoded(&self, encode: impl FnOnce(&Fields, &mut Vec<u8>)) -> &[u8] {
        let kept = self.kept();
        kept.encoded.get_or_init(|| {
            let spare = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.texts.pop());
            let mut text = spare.ok().flatten().unwrap_or_default();
            encode(&kept.fields, &mut text);
            text
        })
    }

    fn filled(limit: Limit, fill: impl FnOnce(&mut Fields)) -> Self {
        let spare = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.spans.pop());
        let mut shared = spare.ok().flatten().unwrap_or_else(|| Arc::new(Kept::new()));
        if let Some(kept) = Arc::get_mut(&mut shared) {
            kept.fields.limit(limit);
            fill(&mut kept.fields);
        }
        Self(Some(shared))
    }

    fn kept(&self) -> &Kept {
        static NONE: Kept = Kept::new();
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl Kept {
    const fn new() -> Self {
        Self { fields: Fields::new(), shapes: OnceLock::new(), encoded: OnceLock::new() }
    }
}

/// The last one that lets go gives the memory back.
impl Drop for SpanFields {
    fn drop(&mut self) {
        if let Some(mut shared) = self.0.take()
            && let Some(kept) = Arc::get_mut(&mut shared)
        {
            kept.fields.clear();
            kept.shapes.take();
            let text = kept.encoded.take();
            let _ending = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.give_back(shared, text));
        }
    }
}

/// Whether what `name` is a part of has another value in `later`.
fn replaces(later: &Fields, name: Name<'static>) -> bool {
    matches!(name.part, Part::Type | Part::Chain) && later.find(Name::plain(name.text)).is_some()
}

fn shapes(fields: &Fields) -> Option<u64> {
    let mut shapes = 0;
    for (at, name) in fields.names().enumerate() {
        if shapes & name.shape() != 0 && fields.names().take(at).any(|other| other.is(name)) {
            return None;
        }
        shapes |= name.shape();
    }
    Some(shapes)
}

thread_local! {
    static SPARE: RefCell<Spare> = const { RefCell::new(Spare { spans: Vec::new(), texts: Vec::new() }) };
}

/// Memory of spans that are gone.
struct Spare {
    spans: Vec<Arc<Kept>>,
    texts: Vec<Vec<u8>>,
}

impl Spare {
    fn give_back(&mut self, kept: Arc<Kept>, text: Option<Vec<u8>>) -> Option<()> {
        if self.spans.len() < KEEP_SPARE {
            self.spans.push(kept);
        }
        let mut text = text.filter(|_| self.texts.len() < KEEP_SPARE)?;
        text.clear();
        text.shrink_to(KEEP_TEXT);
        self.texts.push(text);
        None
    }
}

/// Most spare buffers of a thread.
const KEEP_SPARE: usize = 16;

/// Most bytes of text for which memory is kept.
const KEEP_TEXT: usize = 4 * 1024;
