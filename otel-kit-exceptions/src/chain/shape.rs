use std::{
    error::Error,
    hash::{Hash, Hasher},
    io,
};

use rustc_hash::FxHasher;

use super::{MOST_LINKS, Prefix, Text, behind};

/// What tells one chain of errors from another without its messages.
pub(crate) struct Shape<'a> {
    /// Of the types, as far as they can be told.
    pub(crate) hash: u64,
    /// Whether the types say what went wrong, so that no message has to.
    pub(crate) is_telling: bool,
    /// The innermost error.
    root: &'a (dyn Error + 'static),
    is_single: bool,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(error: &'a (dyn Error + 'static)) -> Self {
        let mut hasher = FxHasher::default();
        let (mut root, mut count, mut is_wide) = (error, 1, false);
        let mut says = Says::Nothing;
        loop {
            let io = root.downcast_ref::<io::Error>();
            let said = match io {
                Some(io) => hash_io(io, &mut hasher),
                None => hash_named(root, &mut hasher),
            };
            // What an I/O error of a certain kind is made of is mostly a text.
            says = if said == Says::Nothing && says == Says::Kind { says } else { said };
            is_wide |= said == Says::Anything;
            let behind = behind(root, io).filter(|_| count < MOST_LINKS);
            let Some(behind) = behind else { break };
            root = behind;
            count += 1;
        }
        let is_telling = says != Says::Nothing && !is_wide;
        Self { hash: hasher.finish(), is_telling, root, is_single: count == 1 }
    }

    /// Whether there is nothing behind the error.
    pub(crate) const fn is_single(&self) -> bool {
        self.is_single
    }

    /// What the innermost error says.
    pub(crate) fn root_message(&self) -> Text<512> {
        Text::of(self.root)
    }

    /// Of what the innermost error says: it stays the same however often it is wrapped on its way out. `message` is
    /// the outermost error's, if it is known already.
    pub(crate) fn root(&self, message: Option<&Text<512>>) -> u64 {
        // The system's texts are dear.
        if let Some(code) = self.root.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            return hash_of(&code.to_le_bytes());
        }
        match message.filter(|_| self.is_single) {
            Some(message) => hash_of(message.as_bytes()),
            None => hash_of(Text::<512>::of(self.root).as_bytes()),
        }
    }
}

/// What a type says of the cause.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Says {
    Nothing,
    Name,
    /// That of an I/O error.
    Kind,
    /// The type is one for many causes.
    Anything,
}

fn hash_io(io: &io::Error, hasher: &mut FxHasher) -> Says {
    io.kind().hash(hasher);
    if io.kind() == io::ErrorKind::Other { Says::Nothing } else { Says::Kind }
}

fn hash_named(link: &(dyn Error + 'static), hasher: &mut FxHasher) -> Says {
    let prefix = Prefix::of(link);
    // What is no name may be any text.
    hasher.write_u64(prefix.hash().unwrap_or_default());
    match prefix.is_telling() {
        true if prefix.is_wide() => Says::Anything,
        true => Says::Name,
        false => Says::Nothing,
    }
}

pub(crate) fn hash_of(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Load {
        #[error("cannot load {0}")]
        Read(u32, #[source] io::Error),
        #[error("nothing there")]
        Empty,
    }

    fn shape(error: &(dyn Error + 'static)) -> (u64, u64) {
        let shape = Shape::of(error);
        (shape.hash, shape.root(None))
    }

    #[test]
    fn errors_of_the_same_types_have_one_shape_and_those_of_others_another() {
        let refused = |id| Load::Read(id, io::ErrorKind::ConnectionRefused.into());
        let reset = Load::Read(1, io::ErrorKind::ConnectionReset.into());
        assert_eq!(shape(&refused(1)), shape(&refused(2)));
        assert_ne!(shape(&refused(1)).0, shape(&reset).0);
        assert_ne!(shape(&refused(1)).0, shape(&Load::Empty).0);
    }

    #[test]
    fn the_root_is_the_same_at_each_layer() {
        let inner = io::Error::other(Load::Empty);
        let outer = Load::Read(1, io::Error::other(Load::Empty));
        assert_eq!(shape(&inner).1, shape(&Load::Empty).1);
        assert_eq!(shape(&outer).1, shape(&Load::Empty).1);
        let (code, other) = (io::Error::from_raw_os_error(2), io::Error::from_raw_os_error(13));
        assert_eq!(shape(&code).1, shape(&Load::Read(1, io::Error::from_raw_os_error(2))).1);
        assert_ne!(shape(&code).1, shape(&other).1);
        let message = Text::of(&Load::Empty);
        assert_eq!(Shape::of(&Load::Empty).root(Some(&message)), Shape::of(&Load::Empty).root(None));
    }

    #[test]
    fn a_text_tells_nothing_and_what_it_says_has_no_part_in_the_shape() {
        let text = |text: &str| Box::<dyn Error>::from(text);
        let shapes = [text("user 1"), text("order 2")].map(|error| Shape::of(&*error).hash);
        assert_eq!(shapes[0], shapes[1]);
        assert!(!Shape::of(&*text("user 1")).is_telling);
        assert!(!Shape::of(&io::Error::other("gone")).is_telling);
        assert!(Shape::of(&Load::Empty).is_telling && !Shape::of(&fmt::Error).is_telling);
    }

    #[test]
    fn what_went_wrong_is_told_by_the_innermost_type_or_by_the_kind_around_a_text() {
        let not_found = io::Error::new(io::ErrorKind::NotFound, "no such order");
        assert!(Shape::of(&not_found).is_telling);
        assert!(Shape::of(&Load::Read(1, not_found)).is_telling);
        assert!(!Shape::of(&Load::Read(1, io::Error::other("gone"))).is_telling);

        #[derive(Debug, thiserror::Error)]
        #[error("code {0}")]
        struct Status(u32);
        assert!(!Shape::of(&Status(7)).is_telling);
        assert!(!Shape::of(&io::Error::new(io::ErrorKind::NotFound, Status(7))).is_telling);
    }
}
