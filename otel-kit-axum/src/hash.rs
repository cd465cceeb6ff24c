/// A quick hash for tables whose keys the program itself chooses, or whose slots are overwritten: it needs
/// no strength against chosen keys.
#[derive(Clone, Copy)]
pub(crate) struct QuickHash(u64);

impl QuickHash {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    pub(crate) fn add(self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<8>();
        let mixed = words.iter().fold(self, |hash, word| hash.mix(u64::from_le_bytes(*word)));
        let rest = rest.iter().fold(bytes.len() as u64, |word, byte| word << 8 | u64::from(*byte));
        mixed.mix(rest)
    }

    /// A place in a table of `2^bits` places.
    pub(crate) fn place(self, bits: u32) -> usize {
        usize::try_from(self.0 >> u64::BITS.saturating_sub(bits)).unwrap_or_default()
    }

    fn mix(self, word: u64) -> Self {
        Self((self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
