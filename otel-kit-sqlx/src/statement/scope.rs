/// What is known between a pair of parentheses, or outside of all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) verb: Verb,
    pub(super) place: Place,
    /// The operation has its list of tables.
    pub(super) has_from: bool,
}

/// What the current operation means for the words after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verb {
    None,
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    /// A query may follow, but no list of tables of its own.
    Other,
    /// Nothing more is said about it.
    Silent,
    /// As silent, and its body holds statements.
    Routine,
}

/// What the next word may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// The first of a statement.
    Start,
    /// The first of a statement that another one contains.
    Inner,
    /// The first in parentheses: of a query, perhaps.
    Open,
    /// A word between operation and target, or the target.
    Head,
    /// What `CREATE`, `ALTER` and `DROP` are about.
    What,
    /// A second word of the operation.
    Phrase,
    /// The statement that is prepared or declared comes later.
    Wrapped,
    /// A target in a list of tables.
    Table,
    /// A target or a query, or the columns of a join.
    Source,
    /// After a target in a list: its alias, a comma, a join.
    After,
    /// The name of a common table expression.
    Common,
    /// After that name.
    CommonBody,
    /// After the whole expression.
    CommonNext,
    /// Somewhere in a clause without targets.
    Body,
}

impl Scope {
    pub(super) const START: Self = Self::new(Verb::None, Place::Start);

    pub(super) const fn new(verb: Verb, place: Place) -> Self {
        Self { verb, place, has_from: false }
    }

    pub(super) const fn is_silent(&self) -> bool {
        matches!(self.verb, Verb::Silent | Verb::Routine)
    }

    pub(super) const fn has_joins(&self) -> bool {
        self.has_from || matches!(self.verb, Verb::Update)
    }

    /// What comes after a target here.
    pub(super) const fn after_target(&self) -> Place {
        match (self.place, self.verb) {
            (Place::Head, Verb::Update | Verb::Silent) | (Place::Table | Place::Source, _) => Place::After,
            _ => Place::Body,
        }
    }

    /// What comes after a symbol that does not belong to a list: no target.
    pub(super) fn after_symbol(&self, symbol: &str) -> Place {
        match (self.place, symbol) {
            (Place::Head | Place::Table | Place::Source, "{") => self.place,
            // `EXEC @result = name`
            (Place::Head, "=") if self.verb == Verb::Other => self.place,
            (Place::Table | Place::Source, _) => Place::After,
            (Place::Head | Place::Common, _) => Place::Body,
            (place, _) => place,
        }
    }

    /// What an opening parenthesis begins; and what comes after the closing one, out here.
    pub(super) const fn open(&mut self, is_after_as: bool) -> Self {
        let inner = match (self.verb, self.place) {
            (Verb::Silent | Verb::Routine, _) => Self::new(self.verb, Place::Body),
            (_, Place::Table) => Self { place: Place::Table, ..*self },
            (_, Place::Start) => Self::new(Verb::None, Place::Start),
            (_, Place::CommonBody) if is_after_as => Self::new(Verb::None, Place::Inner),
            (_, Place::CommonBody) => return Self::new(Verb::Silent, Place::Body),
            _ => Self::new(Verb::None, Place::Open),
        };
        self.place = match self.place {
            Place::Table | Place::Source => Place::After,
            Place::CommonBody => Place::CommonNext,
            Place::Head if matches!(self.verb, Verb::Silent) => Place::Head,
            Place::Start | Place::Head => Place::Body,
            place => place,
        };
        inner
    }
}

impl Verb {
    /// `FROM` names tables.
    pub(super) const fn has_tables(self) -> bool {
        matches!(self, Self::Select | Self::Update | Self::Delete)
    }
}
