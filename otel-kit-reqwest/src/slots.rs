use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};

/// A bounded table that only grows: read without a lock, filled by whoever comes first.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    slots: Box<[OnceLock<T>]>,
}

impl<T> Slots<T> {
    pub(crate) fn new(count: usize) -> Self {
        Self { slots: (0..count).map(|_| OnceLock::new()).collect() }
    }

    /// The item that is meant, made if it is not there yet; it is looked for in the `reach` slots from
    /// `start` on. `None` if others have taken them all.
    pub(crate) fn find_or_add(
        &self,
        start: usize,
        reach: usize,
        is_meant: impl Fn(&T) -> bool,
        make: impl Fn() -> T,
    ) -> Option<&T> {
        let near = self.slots.iter().skip(start).take(reach);
        near.map(|slot| slot.get_or_init(&make)).find(|item| is_meant(item))
    }
}

/// Where an item is looked for first, below `count`.
pub(crate) fn place(key: impl Hash, count: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    usize::try_from(hasher.finish()).unwrap_or(usize::MAX).checked_rem(count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_made_once_and_none_beyond_the_reach() {
        let slots = Slots::new(4);
        let find = |wanted: u8| slots.find_or_add(1, 2, |item| *item == wanted, || wanted);
        assert_eq!(
            [find(1), find(2), find(1), find(3), find(2)],
            [Some(&1), Some(&2), Some(&1), None, Some(&2)]
        );
        assert_eq!(slots.find_or_add(0, 3, |item| *item == 2, || 9), Some(&2));
        assert_eq!(slots.find_or_add(0, 3, |item| *item == 9, || 8), Some(&9));
    }
}
