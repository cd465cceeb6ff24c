use std::sync::OnceLock;

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

/// Where an item is looked for first, below `count`. The hash is FNV-1a, an eighth of the standard library's:
/// keys that somebody has chosen to be equal in it can do no more than fill the slots, as any others can.
pub(crate) fn place(text: &str, number: u16, count: usize) -> usize {
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mix(hash, u64::from(byte)));
    // Low bits that come from high ones too: all of them count in the remainder by a power of two.
    let hash = mix(hash, u64::from(number));
    usize::try_from(hash ^ (hash >> 32)).unwrap_or(usize::MAX).checked_rem(count).unwrap_or_default()
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
