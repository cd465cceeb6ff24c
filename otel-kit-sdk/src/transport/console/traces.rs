use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet, VecDeque},
};

use opentelemetry_proto::tonic::trace::v1::{Span, SpanFlags, span::SpanKind};

/// Spans of one process that belong together, in the order in which they are printed.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) state: TreeState,
    pub(super) rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TreeState {
    /// Its root has ended, and all below it that ended before.
    Whole,
    /// Ended after its parent was printed.
    Late,
    /// Its root did not come in time.
    Incomplete,
}

#[derive(Debug)]
pub(super) struct Row {
    /// What stands before the name.
    pub(super) branch: String,
    pub(super) span: Span,
}

/// Spans that wait for the end of their local root.
#[derive(Debug, Default)]
pub(super) struct Traces {
    waiting: HashMap<TraceId, Children>,
    /// Of the waiting traces, oldest first.
    order: VecDeque<TraceId>,
    spans: usize,
    printed: Recent,
}

type TraceId = Vec<u8>;
type SpanId = Vec<u8>;
/// Spans by their parent.
type Children = HashMap<SpanId, Vec<Span>>;

impl Traces {
    /// Takes ended spans in, hands out the trees that are ready and those that have to make room.
    pub(super) fn add(&mut self, spans: impl IntoIterator<Item = Span>) -> Vec<Tree> {
        let mut roots = Vec::new();
        for span in spans {
            if is_local_root(&span) {
                roots.push((span, TreeState::Whole));
            } else if self.printed.has(&span.parent_span_id) {
                roots.push((span, TreeState::Late));
            } else {
                self.keep(span);
            }
        }
        let mut trees: Vec<Tree> = roots.into_iter().map(|(root, state)| self.tree(root, state)).collect();
        while self.spans > MAX_SPANS || self.order.len() > MAX_TRACES {
            let Some(oldest) = self.order.pop_front() else { break };
            self.take_incomplete(&oldest, &mut trees);
        }
        trees
    }

    /// Everything that waits, as it is.
    pub(super) fn take_all(&mut self) -> Vec<Tree> {
        let mut trees = Vec::new();
        while let Some(oldest) = self.order.pop_front() {
            self.take_incomplete(&oldest, &mut trees);
        }
        trees
    }

    fn keep(&mut self, span: Span) {
        if !self.waiting.contains_key(&span.trace_id) {
            self.order.push_back(span.trace_id.clone());
        }
        let children = self.waiting.entry(span.trace_id.clone()).or_default();
        children.entry(span.parent_span_id.clone()).or_default().push(span);
        self.spans += 1;
    }

    fn take_incomplete(&mut self, trace: &TraceId, trees: &mut Vec<Tree>) {
        let Some(mut children) = self.waiting.remove(trace) else { return };
        let known: HashSet<SpanId> = children.values().flatten().map(|span| span.span_id.clone()).collect();
        let tops: Vec<SpanId> = children.keys().filter(|parent| !known.contains(*parent)).cloned().collect();
        let mut tops: Vec<Span> =
            tops.iter().filter_map(|parent| children.remove(parent)).flatten().collect();
        tops.sort_by_key(|span| span.start_time_unix_nano);
        self.spans -= tops.len();
        for top in tops {
            let rows = self.rows(top, &mut children);
            trees.push(Tree { state: TreeState::Incomplete, rows });
        }
        // What is left goes round in circles and hangs on no tree.
        self.spans -= children.values().map(Vec::len).sum::<usize>();
    }

    fn tree(&mut self, root: Span, state: TreeState) -> Tree {
        let trace = root.trace_id.clone();
        let mut children = self.waiting.remove(&trace).unwrap_or_default();
        let rows = self.rows(root, &mut children);
        if children.is_empty() {
            self.order.retain(|waiting| *waiting != trace);
        } else {
            self.waiting.insert(trace, children);
        }
        Tree { state, rows }
    }

    /// `root` and all of `children` that hang below it, from top to bottom.
    fn rows(&mut self, root: Span, children: &mut Children) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut stack = vec![(String::new(), String::new(), root)];
        while let Some((branch, below, span)) = stack.pop() {
            self.printed.remember(&span.span_id);
            let mut next = children.remove(&span.span_id).unwrap_or_default();
            self.spans -= next.len();
            next.sort_by_key(|child| Reverse(child.start_time_unix_nano));
            let deepest = below.chars().count() >= DEEPEST;
            for (index, child) in next.into_iter().enumerate() {
                let (mark, rest) = if index == 0 { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                let deeper = if deepest { below.clone() } else { format!("{below}{rest}") };
                stack.push((format!("{below}{mark}"), deeper, child));
            }
            rows.push(Row { branch, span });
        }
        rows
    }
}

/// Whether nothing above this span belongs to this process.
///
/// Flags that do not tell (a sender before OTLP 1.1) leave the kind to decide.
fn is_local_root(span: &Span) -> bool {
    let knows = span.flags & SpanFlags::ContextHasIsRemoteMask as u32 != 0;
    let remote = span.flags & SpanFlags::ContextIsRemoteMask as u32 != 0;
    let entry = matches!(span.kind(), SpanKind::Server | SpanKind::Consumer);
    span.parent_span_id.is_empty() || if knows { remote } else { entry }
}

/// The last span ids that were printed.
#[derive(Debug, Default)]
struct Recent {
    ids: HashSet<SpanId>,
    order: VecDeque<SpanId>,
}

impl Recent {
    fn has(&self, id: &SpanId) -> bool {
        self.ids.contains(id)
    }

    fn remember(&mut self, id: &SpanId) {
        if self.ids.insert(id.clone()) {
            self.order.push_back(id.clone());
        }
        if self.order.len() > MAX_SPANS
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

const MAX_TRACES: usize = 1_000;
const MAX_SPANS: usize = 10_000;
/// Columns beyond which no level is indented any further.
const DEEPEST: usize = 96;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOCAL: u32 = 0x100;
    const REMOTE: u32 = 0x300;

    fn span(trace: u8, id: u8, parent: u8, flags: u32) -> Span {
        let parent_span_id = if parent == 0 { Vec::new() } else { vec![parent; 8] };
        Span {
            trace_id: vec![trace; 16],
            span_id: vec![id; 8],
            parent_span_id,
            flags,
            name: format!("s{id}"),
            start_time_unix_nano: id.into(),
            ..Default::default()
        }
    }

    fn shown(trees: &[Tree]) -> Vec<String> {
        let line = |row: &Row| format!("{}{}", row.branch, row.span.name);
        trees.iter().map(|tree| tree.rows.iter().map(line).collect::<Vec<_>>().join("\n")).collect()
    }

    fn states(trees: &[Tree]) -> Vec<TreeState> {
        trees.iter().map(|tree| tree.state).collect()
    }

    #[test]
    fn a_trace_is_held_until_its_root_has_ended_and_then_printed_in_order_of_start() {
        let mut traces = Traces::default();
        assert!(traces.add([span(1, 4, 2, LOCAL), span(1, 5, 1, LOCAL)]).is_empty());
        assert!(traces.add([span(1, 3, 2, LOCAL)]).is_empty());
        let trees = traces.add([span(1, 1, 0, LOCAL), span(1, 2, 1, LOCAL)]);
        assert_eq!(shown(&trees), ["s1\n├─ s2\n│  ├─ s3\n│  └─ s4\n└─ s5"]);
        assert_eq!(states(&trees), [TreeState::Whole]);
        assert_eq!((traces.spans, traces.order.len(), traces.waiting.len()), (0, 0, 0));
    }

    #[test]
    fn a_root_is_what_has_no_parent_in_this_process() {
        let entry = |kind: SpanKind, flags| Span { kind: kind.into(), ..span(1, 1, 9, flags) };
        assert!(is_local_root(&span(1, 1, 0, LOCAL)));
        assert!(is_local_root(&span(1, 1, 9, REMOTE)));
        assert!(!is_local_root(&span(1, 1, 9, LOCAL)));
        assert!(!is_local_root(&entry(SpanKind::Server, LOCAL)));
        assert!(is_local_root(&entry(SpanKind::Server, 0)));
        assert!(is_local_root(&entry(SpanKind::Consumer, 0)));
        assert!(!is_local_root(&entry(SpanKind::Client, 0)));
    }

    #[test]
    fn two_entries_of_one_trace_are_two_trees() {
        let mut traces = Traces::default();
        assert!(traces.add([span(1, 2, 1, LOCAL), span(1, 4, 3, LOCAL)]).is_empty());
        assert_eq!(shown(&traces.add([span(1, 3, 9, REMOTE)])), ["s3\n└─ s4"]);
        assert_eq!(shown(&traces.add([span(1, 1, 9, REMOTE)])), ["s1\n└─ s2"]);
    }

    #[test]
    fn a_span_that_ends_after_its_root_follows_with_what_hangs_below_it() {
        let mut traces = Traces::default();
        traces.add([span(1, 3, 2, LOCAL), span(1, 1, 0, LOCAL)]);
        let late = traces.add([span(1, 2, 1, LOCAL)]);
        assert_eq!(shown(&late), ["s2\n└─ s3"]);
        assert_eq!(states(&late), [TreeState::Late]);
    }

    #[test]
    fn what_waits_at_the_end_is_printed_incomplete() {
        let mut traces = Traces::default();
        traces.add([span(1, 2, 1, LOCAL), span(1, 3, 2, LOCAL), span(2, 5, 4, LOCAL)]);
        let left = traces.take_all();
        assert_eq!(shown(&left), ["s2\n└─ s3", "s5"]);
        assert_eq!(states(&left), [TreeState::Incomplete; 2]);
        assert!(traces.take_all().is_empty());
    }

    #[test]
    fn the_oldest_trace_makes_room_for_the_newest() {
        let mut traces = Traces::default();
        let orphan = |trace: u16| {
            let mut span = span(0, 2, 1, LOCAL);
            span.trace_id = trace.to_be_bytes().to_vec();
            span
        };
        for trace in 0..1_000 {
            assert!(traces.add([orphan(trace)]).is_empty());
        }
        let trees = traces.add([orphan(1_000)]);
        assert_eq!(trees.len(), 1);
        assert_eq!(trees[0].rows[0].span.trace_id, [0, 0]);
        let giant = |index: u16| {
            let mut span = span(7, 0, 1, LOCAL);
            span.span_id = index.to_be_bytes().to_vec();
            span
        };
        traces.add((0..20_000).map(giant));
        assert!(traces.spans <= MAX_SPANS && traces.printed.order.len() <= MAX_SPANS);
    }

    #[test]
    fn a_chain_of_ten_thousand_spans_is_printed_without_growing_to_the_right_for_ever() {
        let mut traces = Traces::default();
        let link = |index: u16| {
            let mut span = span(1, 0, 1, LOCAL);
            span.span_id = (index + 1).to_be_bytes().to_vec();
            span.parent_span_id = if index == 0 { Vec::new() } else { index.to_be_bytes().to_vec() };
            span
        };
        let trees = traces.add((0..10_000).rev().map(link));
        assert_eq!(trees[0].rows.len(), 10_000);
        assert!(trees[0].rows.iter().all(|row| row.branch.chars().count() <= DEEPEST + 3));
    }

    proptest! {
        #[test]
        fn every_span_that_hangs_on_no_circle_is_printed_once(
            spans in prop::collection::vec((0_u8..3, 1_u8..20, 0_u8..20, any::<bool>()), 0..60),
        ) {
            let mut traces = Traces::default();
            let mut printed = 0;
            let mut given = 0;
            for (trace, id, parent, remote) in spans {
                // A parent has a smaller id, so there are no circles.
                if parent < id {
                    given += 1;
                    let flags = if remote { REMOTE } else { LOCAL };
                    printed += traces.add([span(trace, id, parent, flags)]).iter().map(|tree| tree.rows.len()).sum::<usize>();
                }
            }
            printed += traces.take_all().iter().map(|tree| tree.rows.len()).sum::<usize>();
            prop_assert_eq!(printed, given);
            prop_assert_eq!(traces.spans, 0);
        }
    }
}
