/// Where a name is looked for first in a table of `2^bits` slots. The program itself chooses the names.
pub(crate) fn place(name: &str, bits: u32) -> usize {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let mixed = words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(name.len() as u64, |word, byte| word << 8 | u64::from(*byte));
    usize::try_from(mix(mixed, rest) >> u64::BITS.saturating_sub(bits)).unwrap_or_default()
}

/// Slots in which an item may lie; a table has as many more at its end.
pub(crate) const REACH: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spread_over_the_table() {
        let places: std::collections::BTreeSet<_> =
            (0..1000).map(|number| place(&format!("orders.{number}.events"), 7)).collect();
        assert!(places.len() > 100 && places.iter().all(|place| *place < 128), "{places:?}");
    }
}
