//! The file as a tree: positions kept, references to variables replaced, types not yet resolved.

use std::collections::{BTreeMap, HashMap};

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{error::Problem, substitute::substitute};

/// Line and column, both from 1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Scalar { text: String, is_plain: bool },
    List(Vec<(Position, Node)>),
    Map(Vec<(String, Position, Node)>),
}

/// Why a text is not a tree.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) position: Position,
    pub(super) message: String,
}

impl Node {
    /// Reads the one document of `text`; an empty text is an empty scalar.
    pub(super) fn parse(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Malformed> {
        let mut options = granit_parser::Options::default();
        options.set_emit_comments(false);
        options.block_nesting_limit = DEEPEST;
        options.flow_nesting_limit = DEEPEST;
        let parser = Parser::new_from_str_with_options(text, options);
        let mut reader = Reader { parser, env, anchors: HashMap::new(), nodes_left: MOST_NODES };
        reader.document()
    }

    /// Where each key and item stands, by its path: `traces.sampler.ratio`, `propagators[1]`.
    pub(super) fn positions(&self) -> BTreeMap<String, Position> {
        let mut positions = BTreeMap::new();
        self.collect_positions("", &mut positions);
        positions
    }

    fn collect_positions(&self, path: &str, positions: &mut BTreeMap<String, Position>) {
        match self {
            Self::Scalar { .. } => {}
            Self::List(items) => {
                for (index, (position, item)) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    item.collect_positions(&path, positions);
                    positions.insert(path, *position);
                }
            }
            Self::Map(entries) => {
                for (key, position, value) in entries {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    value.collect_positions(&path, positions);
                    positions.insert(path, *position);
                }
            }
        }
    }

    fn empty() -> Self {
        Self::Scalar { text: String::new(), is_plain: true }
    }

    fn size(&self) -> usize {
        match self {
            Self::Scalar { .. } => 1,
            Self::List(items) => 1 + items.iter().map(|(_, item)| item.size()).sum::<usize>(),
            Self::Map(entries) => 1 + entries.iter().map(|(.., value)| value.size()).sum::<usize>(),
        }
    }
}

impl From<Marker> for Position {
    fn from(marker: Marker) -> Self {
        Self { line: marker.line(), column: marker.col() + 1 }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    env: &'a dyn Fn(&str) -> Option<String>,
    anchors: HashMap<usize, Node>,
    nodes_left: usize,
}

type Step<'a> = (Event<'a>, Span);

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Malformed> {
        let mut document = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if document.is_some() => {
                    return Err(malformed(&span, "a second document begins here; keep one in the file"));
                }
                _ => document = Some(self.node((event, span))?),
            }
        }
        Ok(document.unwrap_or_else(Node::empty))
    }

    fn node(&mut self, (event, span): Step<'a>) -> Result<Node, Malformed> {
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && !is_text(tag.as_deref(), &span)?;
                let replaced = substitute(&text, self.env)
                    .map_err(|Problem { message, .. }| malformed(&span, message))?;
                (Node::Scalar { text: replaced.into_owned(), is_plain }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => (self.list(tag.as_deref(), &span)?, anchor),
            Event::MappingStart(_, anchor, tag) => (self.map(tag.as_deref(), &span)?, anchor),
            Event::Alias(anchor) => (self.alias(anchor, &span)?, 0),
            _ => return Err(malformed(&span, "this is not a value; write one")),
        };
        self.count(1, &span)?;
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, tag: Option<&Tag>, span: &Span) -> Result<Node, Malformed> {
        refuse_tag(tag, span)?;
        let mut items = Vec::new();
        while let Some(step) = self.next()? {
            if step.0 == Event::SequenceEnd {
                break;
            }
            let position = step.1.start.into();
            items.push((position, self.node(step)?));
        }
        Ok(Node::List(items))
    }

    fn map(&mut self, tag: Option<&Tag>, span: &Span) -> Result<Node, Malformed> {
        refuse_tag(tag, span)?;
        let mut entries: Vec<(String, Position, Node)> = Vec::new();
        while let Some((event, span)) = self.next()? {
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(key, ..) => key.into_owned(),
                _ => return Err(malformed(&span, "a key must be a plain word; write `key: value`")),
            };
            if entries.iter().any(|(known, ..)| *known == key) {
                return Err(malformed(&span, format!("`{key}` stands here twice; keep one of the two")));
            }
            let Some(step) = self.next()? else { break };
            entries.push((key, span.start.into(), self.node(step)?));
        }
        Ok(Node::Map(entries))
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<Node, Malformed> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(malformed(span, "the alias names a value that holds it; write the value out"));
        };
        self.count(node.size(), span)?;
        Ok(node)
    }

    /// Aliases of aliases grow exponentially: what is read is bounded.
    fn count(&mut self, nodes: usize, span: &Span) -> Result<(), Malformed> {
        match self.nodes_left.checked_sub(nodes) {
            Some(left) => self.nodes_left = left,
            None => {
                return Err(malformed(span, format!("more than {MOST_NODES} values; write a shorter file")));
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Step<'a>>, Malformed> {
        self.parser.next_event().transpose().map_err(|error| not_yaml(&error))
    }
}

fn is_text(tag: Option<&Tag>, span: &Span) -> Result<bool, Malformed> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema_tag("str") => Ok(true),
        tag => refuse_tag(tag, span).map(|()| false),
    }
}

fn refuse_tag(tag: Option<&Tag>, span: &Span) -> Result<(), Malformed> {
    match tag {
        None => Ok(()),
        Some(_) => Err(Malformed {
            position: span.tag_start().unwrap_or(span.start).into(),
            message: "tags are not supported; remove the tag".to_owned(),
        }),
    }
}

fn not_yaml(error: &ScanError) -> Malformed {
    let what = error.info();
    let remedy = "correct the YAML; quote a value that holds ${...} between { } or [ ]";
    Malformed { position: (*error.marker()).into(), message: format!("not YAML, {what}; {remedy}") }
}

fn malformed(span: &Span, message: impl Into<String>) -> Malformed {
    Malformed { position: span.start.into(), message: message.into() }
}

const MOST_NODES: usize = 10_000;

/// The reader recurses: far deeper than any key, far from the end of a small stack.
const DEEPEST: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let Malformed { position, message } = Node::parse(text, &|_| None).unwrap_err();
        format!("{}:{}: {message}", position.line, position.column)
    }

    #[test]
    fn every_key_and_item_has_a_position() {
        let node = Node::parse("# a\na:\n  b: 1\n  c: [x, {d: y}]\n", &|_| None).unwrap();
        let positions = node.positions();
        let at = |path: &str| positions.get(path).map(|position| (position.line, position.column));
        assert_eq!(at("a"), Some((2, 1)));
        assert_eq!(at("a.b"), Some((3, 3)));
        assert_eq!(at("a.c[0]"), Some((4, 7)));
        assert_eq!(at("a.c[1].d"), Some((4, 11)));
        assert_eq!(at("a.c[2]"), None);
    }

    #[test]
    fn values_of_variables_never_become_structure() {
        let env = |_: &str| Some("x\nkey: [1, 2]".to_owned());
        let Node::Map(entries) = Node::parse("a: ${A}\n${A}: 1", &env).unwrap() else { panic!() };
        assert!(matches!(&entries[0].2, Node::Scalar { text, .. } if text == "x\nkey: [1, 2]"));
        assert_eq!(entries[1].0, "${A}");
    }

    #[test]
    fn aliases_repeat_a_value() {
        let node = Node::parse("a: &x {b: 1}\nc: *x", &|_| None).unwrap();
        assert!(node.positions().contains_key("c.b"));
    }

    #[test]
    fn what_is_not_a_tree_is_refused_with_its_position() {
        let rows = [
            ("a: 1\na: 2", "2:1: `a` stands here twice; keep one of the two"),
            ("a: 1\n---\nb: 2", "3:1: a second document begins here; keep one in the file"),
            ("a: !x 1", "1:4: tags are not supported; remove the tag"),
            ("[a]: 1", "1:1: a key must be a plain word; write `key: value`"),
            ("a: &x [*x]", "1:8: the alias names a value that holds it; write the value out"),
        ];
        for (text, expected) in rows {
            assert_eq!(refusal(text), expected);
        }
        for text in ["a: [1", "a: {x: ${A}}", "a: *x", "a: b: c", "a: 'x"] {
            assert!(refusal(text).contains("not YAML, "), "{}", refusal(text));
        }
    }

    #[test]
    fn aliases_of_aliases_are_bounded() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*a{},", level - 1).repeat(10);
            text += &format!("a{level}: &a{level} [{below}]\n");
        }
        assert!(refusal(&text).contains("more than 10000 values"), "{}", refusal(&text));
    }

    #[test]
    fn tagged_and_quoted_scalars_are_text() {
        let Node::Map(entries) = Node::parse("a: !!str 1\nb: '1'\nc: 1\nd: |\n  1", &|_| None).unwrap()
        else {
            panic!()
        };
        let plain: Vec<bool> =
            entries.iter().map(|(.., node)| matches!(node, Node::Scalar { is_plain: true, .. })).collect();
        assert_eq!(plain, [false, false, true, false]);
    }
}
