/// Where an item is looked for first, below `count`. The hash is FNV-1a, an eighth of the standard library's:
/// keys that somebody has chosen to be equal in it can do no more than fill the slots, as any others can.
pub(crate) fn place(text: &str, number: u16, count: usize) -> usize {
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mix(hash, u64::from(byte)));
    // Low bits that come from high ones too: all of them count in the remainder by a power of two.
    let hash = mix(hash, u64::from(number));
    usize::try_from(hash ^ (hash >> 32)).unwrap_or(usize::MAX).checked_rem(count).unwrap_or_default()
}
