/// The last items of a sequence, and how many there were.
#[derive(Clone)]
pub(super) struct Kept<T> {
    items: Vec<T>,
    limit: usize,
    total: u64,
}

impl<T> Kept<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self { items: Vec::new(), limit, total: 0 }
    }

    pub(super) fn push(&mut self, item: T) {
        self.total = self.total.saturating_add(1);
        self.items.push(item);
        // Room for twice the limit, so that old items are moved out of the way once in `limit` pushes.
        if self.items.len() >= self.limit.saturating_mul(2) {
            self.items.drain(..self.forgotten());
        }
    }

    pub(super) fn clear(&mut self) {
        self.items = Vec::new();
        self.total = 0;
    }

    pub(super) fn as_slice(&self) -> &[T] {
        self.items.get(self.forgotten()..).unwrap_or_default()
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    fn forgotten(&self) -> usize {
        self.items.len().saturating_sub(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_items_are_kept_and_all_are_counted() {
        for limit in 0..5 {
            let mut kept = Kept::new(limit);
            for number in 0..20 {
                kept.push(number);
                assert!(kept.items.len() <= 2 * limit.max(1));
            }
            let expected: Vec<_> = (20 - limit..20).collect();
            assert_eq!(kept.as_slice(), expected);
            assert_eq!(kept.total(), 20);
        }
    }

    #[test]
    fn clearing_forgets_the_count_too() {
        let mut kept = Kept::new(3);
        kept.push('a');
        kept.clear();
        assert!(kept.as_slice().is_empty());
        assert_eq!(kept.total(), 0);
    }
}
