use std::sync::OnceLock;

/// An append-only list for a handful of items: read without a lock, filled by whoever comes first.
#[derive(Debug)]
pub(crate) struct Chain<T> {
    first: OnceLock<Box<Link<T>>>,
}

#[derive(Debug)]
struct Link<T> {
    item: T,
    next: OnceLock<Box<Link<T>>>,
}

impl<T> Chain<T> {
    pub(crate) const fn new() -> Self {
        Self { first: OnceLock::new() }
    }

    /// The item that is meant, if it is there.
    pub(crate) fn find(&self, is_meant: impl Fn(&T) -> bool) -> Option<&T> {
        let mut place = &self.first;
        while let Some(link) = place.get() {
            if is_meant(&link.item) {
                return Some(&link.item);
            }
            place = &link.next;
        }
        None
    }

    /// The item that is meant, made if it is not there yet. `None` once the chain is `limit` long, and for
    /// the loser of a race to append.
    pub(crate) fn find_or_add(
        &self,
        limit: usize,
        is_meant: impl Fn(&T) -> bool,
        make: impl FnOnce() -> T,
    ) -> Option<&T> {
        let mut place = &self.first;
        for _ in 0..limit {
            let link = match place.get() {
                Some(link) if is_meant(&link.item) => return Some(&link.item),
                Some(link) => link,
                None => {
                    let link = place.get_or_init(|| Box::new(Link { item: make(), next: OnceLock::new() }));
                    return is_meant(&link.item).then_some(&link.item);
                }
            };
            place = &link.next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_made_once_and_none_beyond_the_limit() {
        let chain = Chain::new();
        let find = |wanted: u8| chain.find_or_add(2, |item| *item == wanted, || wanted);
        assert_eq!(chain.find(|item| *item == 1), None);
        assert_eq!(
            [find(1), find(2), find(1), find(3), find(2)],
            [Some(&1), Some(&2), Some(&1), None, Some(&2)]
        );
        assert_eq!(chain.find(|item| *item == 2), Some(&2));
    }
}
