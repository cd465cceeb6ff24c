/// A quick hash for tables whose keys the program itself chooses, or whose slots are overwritten: it needs
/// no strength against chosen keys.
#[derive(Clone, Copy)]
pub(crate) struct QuickHash(u64);

impl QuickHash {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    pub(crate) fn add(self, bytes: &[u8]) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        let mixed = words.iter().fold(self, |hash, word| hash.mix(u64::from_le_bytes(*word)));
        mixed.mix(end(bytes) ^ (bytes.len() as u64) << 56)
    }

    /// A place in a table of `2^bits` places.
    pub(crate) fn place(self, bits: u32) -> usize {
        usize::try_from(self.0 >> u64::BITS.saturating_sub(bits)).unwrap_or_default()
    }

    fn mix(self, word: u64) -> Self {
        Self((self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

/// The last eight bytes, or all there are, without a step for each: some may be in it twice.
fn end(bytes: &[u8]) -> u64 {
    match (bytes.last_chunk(), bytes.first_chunk(), bytes.last_chunk()) {
        (Some(last), ..) => u64::from_le_bytes(*last),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_byte_counts_wherever_it_is_and_so_does_the_length() {
        let text = b"0123456789abcdefghijklm";
        for length in 0..text.len() {
            let texts = (0..length).map(|at| {
                let mut text = text[..length].to_vec();
                text[at] = b'X';
                text
            });
            let texts = texts.chain([text[..length].to_vec(), [&text[..length], b"\0"].concat()]);
            let hashes: HashSet<_> = texts.map(|text| QuickHash::new().add(&text).0).collect();
            assert_eq!(hashes.len(), length + 2, "{length}");
        }
    }
}
