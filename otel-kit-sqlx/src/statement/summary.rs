use super::{
    keyword::{self as word, Keyword, keyword},
    operation,
    scope::{Place, Scope, Verb},
    token::{Kind, Token},
};

/// The operations of a statement and their targets, gathered token by token.
///
/// It follows <https://opentelemetry.io/docs/specs/semconv/db/database-spans/#generating-a-summary-of-the-query>.
#[derive(Debug)]
pub(super) struct Summary<'a> {
    text: String,
    scope: Scope,
    /// The scopes around the current pair of parentheses.
    outer: Vec<Scope>,
    name: Option<Name<'a>>,
    /// Queries that `WITH` names: no targets.
    common: Vec<&'a str>,
    /// The word before, if there is nothing but space between.
    before: Keyword,
    is_after_dot: bool,
    /// Characters that still fit.
    room: usize,
    is_done: bool,
}

/// A target that may go on: `schema.table`.
#[derive(Debug)]
struct Name<'a> {
    first: &'a str,
    /// All of it, once there is more than the first part.
    whole: String,
    expects_part: bool,
    is_table: bool,
}

impl<'a> Summary<'a> {
    pub(super) const fn new() -> Self {
        Self {
            text: String::new(),
            scope: Scope::START,
            outer: Vec::new(),
            name: None,
            common: Vec::new(),
            before: 0,
            is_after_dot: false,
            room: LONGEST,
            is_done: false,
        }
    }

    /// Takes the next token; answers whether it is part of a target's name.
    pub(super) fn see(&mut self, token: &Token<'a>) -> bool {
        if self.is_done || matches!(token.kind, Kind::Space | Kind::Comment) {
            return false;
        }
        if let Some(is_part) = self.continue_name(token) {
            return is_part;
        }
        let key = if token.kind == Kind::Word { keyword(token.text) } else { 0 };
        let is_name = match token.kind {
            Kind::Symbol => self.symbol(token.text),
            Kind::Word if !self.is_after_dot => self.word(token.text, key),
            // A command may have texts where it has names, and a whole statement behind it.
            Kind::Ambiguous if self.scope.is_silent() => self.value(Kind::Literal),
            Kind::Quoted | Kind::Ambiguous => self.quoted(token.text),
            Kind::Literal | Kind::Doubtful | Kind::Parameter => self.value(token.kind),
            _ => false,
        };
        self.before = key;
        self.is_after_dot = token.is(".");
        is_name
    }

    pub(super) const fn is_done(&self) -> bool {
        self.is_done
    }

    pub(super) fn finish(mut self) -> String {
        self.end_name(false);
        self.text
    }

    /// `None` if no name is under way that the token belongs to.
    fn continue_name(&mut self, token: &Token<'a>) -> Option<bool> {
        let name = self.name.as_mut()?;
        if token.is(".") && !name.expects_part {
            name.expects_part = true;
            return Some(false);
        }
        if name.expects_part && token.is_name() {
            name.add(token.text);
            return Some(true);
        }
        self.end_name(token.is("("));
        None
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        match symbol {
            "(" => {
                let is_body = matches!(self.before, word::AS | word::MATERIALIZED);
                let inner = self.scope.open(is_body);
                self.outer.push(std::mem::replace(&mut self.scope, inner));
            }
            ")" => self.scope = self.outer.pop().unwrap_or(self.scope),
            ";" => {
                self.outer.clear();
                self.common.clear();
                self.scope = Scope::START;
            }
            "," if self.scope.place == Place::After => self.scope.place = Place::Table,
            "," if self.scope.place == Place::CommonNext => self.scope.place = Place::Common,
            _ => self.scope.place = self.scope.after_symbol(symbol),
        }
        false
    }

    fn word(&mut self, text: &'a str, key: Keyword) -> bool {
        if key == word::SELECT && !self.scope.is_silent() {
            self.operation(text, Verb::Select, Place::Body);
            return false;
        }
        match self.scope.place {
            Place::Start | Place::Inner | Place::CommonNext => self.first_word(text, key),
            Place::Open | Place::Table if key == word::WITH => self.scope.place = Place::Common,
            Place::Open => self.scope.place = Place::Body,
            Place::What => self.what(text, key),
            Place::Phrase if operation::goes_on(key) => self.add(text),
            Place::Phrase => self.scope.place = Place::Body,
            Place::Wrapped if matches!(key, word::AS | word::FOR) => self.scope.place = Place::Inner,
            Place::Common if key != word::RECURSIVE => self.common(text),
            Place::Head => return self.head(text, key),
            Place::Table | Place::Source if !matches!(key, word::ONLY | word::LATERAL) => {
                return self.start_name(text);
            }
            Place::After | Place::Body => self.clause(key),
            _ => {}
        }
        false
    }

    fn quoted(&mut self, text: &'a str) -> bool {
        match self.scope.place {
            Place::Head | Place::Table | Place::Source => self.start_name(text),
            Place::Common => {
                self.common(text);
                true
            }
            _ => false,
        }
    }

    /// What stands where a target could be is none.
    fn value(&mut self, kind: Kind) -> bool {
        match self.scope.place {
            Place::Table | Place::Source => self.scope.place = Place::After,
            Place::Head if self.scope.verb == Verb::Select || kind != Kind::Parameter => {
                self.scope.place = Place::Body;
            }
            _ => {}
        }
        false
    }

    fn first_word(&mut self, text: &'a str, key: Keyword) {
        let is_start = self.scope.place == Place::Start;
        if key == word::WITH && self.scope.place != Place::CommonNext {
            self.scope.place = Place::Common;
        } else if let Some((verb, place)) = operation::begin(key, is_start) {
            self.operation(text, verb, place);
        } else if is_start {
            self.scope = Scope::new(Verb::None, Place::Body);
        }
    }

    fn what(&mut self, text: &'a str, key: Keyword) {
        if let Some(verb) = operation::object(key, self.scope.verb) {
            self.add(text);
            self.scope = Scope::new(verb, Place::Head);
        }
    }

    fn head(&mut self, text: &'a str, key: Keyword) -> bool {
        let is_into = self.scope.verb == Verb::Select;
        if self.scope.verb == Verb::Silent && operation::names_kind(key) {
            self.add(text);
        } else if key == word::FROM || (is_into && matches!(key, word::OUTFILE | word::DUMPFILE)) {
            self.clause(key);
        } else if self.before != word::OR && !operation::is_modifier(key) && !(is_into && key == word::TABLE)
        {
            return self.start_name(text);
        }
        false
    }

    /// A word after a target, or in a clause without targets.
    fn clause(&mut self, key: Keyword) {
        let Scope { verb, place, has_from } = self.scope;
        match key {
            word::BEGIN if verb == Verb::Routine => self.is_done = true,
            _ if self.scope.is_silent() => {}
            word::FROM if verb.has_tables() && !has_from && self.before != word::DISTINCT => {
                self.scope = Scope { verb, place: Place::Table, has_from: true };
            }
            word::JOIN | word::STRAIGHT_JOIN if self.scope.has_joins() && self.before != word::FOR => {
                self.scope.place = Place::Table;
            }
            word::APPLY if place == Place::After => self.scope.place = Place::Table,
            word::USING if matches!(verb, Verb::Delete | Verb::Merge) => self.scope.place = Place::Source,
            word::INTO if verb == Verb::Select => self.scope.place = Place::Head,
            word::WITH if verb == Verb::Insert || self.before == word::AS => self.scope.place = Place::Common,
            word::ON if verb != Verb::Merge => {}
            _ if place == Place::After && !operation::ends_tables(key) => {}
            _ => self.scope.place = Place::Body,
        }
    }

    fn operation(&mut self, text: &str, verb: Verb, place: Place) {
        self.add(text);
        self.scope = Scope::new(verb, place);
    }

    fn common(&mut self, name: &'a str) {
        if self.common.len() < MOST_COMMON {
            self.common.push(name);
        }
        self.scope.place = Place::CommonBody;
    }

    fn start_name(&mut self, text: &'a str) -> bool {
        let is_table = self.scope.place != Place::Head;
        self.scope.place = self.scope.after_target();
        let is_table = is_table && !self.scope.is_silent();
        self.name = Some(Name { first: text, whole: String::new(), expects_part: false, is_table });
        true
    }

    fn end_name(&mut self, is_before_parenthesis: bool) {
        let Some(name) = self.name.take() else {
            return;
        };
        let is_common = || self.common.iter().any(|common| common.eq_ignore_ascii_case(name.text()));
        let is_function = name.is_table && is_before_parenthesis;
        if !is_function && !is_common() {
            self.add(name.text());
        }
    }

    fn add(&mut self, piece: &str) {
        let separator = usize::from(!self.text.is_empty());
        let left = self.room.checked_sub(piece.chars().count().saturating_add(separator));
        let Some(left) = left.filter(|_| !self.is_done) else {
            self.is_done = true;
            return;
        };
        if separator > 0 {
            self.text.push(' ');
        }
        self.text.push_str(piece);
        self.room = left;
    }
}

impl<'a> Name<'a> {
    fn text(&self) -> &str {
        if self.whole.is_empty() { self.first } else { &self.whole }
    }

    fn add(&mut self, part: &'a str) {
        if self.whole.is_empty() {
            self.whole.push_str(self.first);
        }
        self.whole.push('.');
        self.whole.push_str(part);
        self.expects_part = false;
    }
}

/// Characters of a summary, as the convention has it.
const LONGEST: usize = 255;

/// Common table expressions of a statement that are remembered.
const MOST_COMMON: usize = 32;
