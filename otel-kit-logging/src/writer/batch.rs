/// Lines one after the other, with their ends.
#[derive(Debug)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    pub(super) fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn lines(&self) -> usize {
        self.ends.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Lines that are not whole within the first `written` bytes.
    pub(super) fn lines_after(&self, written: usize) -> usize {
        self.ends.len() - self.ends.partition_point(|end| *end <= written)
    }

    /// Empties the batch, and gives back memory that a burst needed.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEEP_BYTES);
        self.ends.clear();
        self.ends.shrink_to(KEEP_LINES);
    }
}

impl Default for Batch {
    /// With room for some lines: what comes in usually needs no allocation.
    fn default() -> Self {
        Self { bytes: Vec::with_capacity(KEEP_BYTES), ends: Vec::with_capacity(KEEP_LINES) }
    }
}

const KEEP_BYTES: usize = 128 * 1024;
const KEEP_LINES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_counts_as_lost() {
        let mut batch = Batch::default();
        batch.push(b"one\n");
        batch.push(b"two\n");
        assert_eq!(batch.lines_after(0), 2);
        assert_eq!(batch.lines_after(4), 1);
        assert_eq!(batch.lines_after(7), 1);
        assert_eq!(batch.lines_after(8), 0);
    }
}
