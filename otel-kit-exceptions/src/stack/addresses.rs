use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Where the calls on a stack return to, innermost first, each once: recursion is as deep as its data, and nothing
/// else would be left of a deep one. They mean something in this process alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Addresses {
    addresses: [usize; MOST],
    count: usize,
}

/// Those of the calling thread: no names yet, nothing is allocated.
pub(crate) fn capture() -> Addresses {
    let mut captured = Addresses { addresses: [0; MOST], count: 0 };
    let mut calls = 0;
    backtrace::trace(|frame| {
        calls += 1;
        captured.push(frame.ip().addr()) && calls < MOST_CALLS
    });
    captured
}

impl Addresses {
    /// Of the innermost calls, by which one stack is told from another cheaply.
    pub(crate) fn hash24(&self) -> u64 {
        let mut hasher = FxHasher::default();
        for address in self.iter().take(24) {
            hasher.write_usize(address);
        }
        hasher.finish()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.addresses.iter().copied().take(self.count)
    }

    /// False once there is no room for more.
    fn push(&mut self, address: usize) -> bool {
        if !self.iter().any(|known| known == address)
            && let Some(free) = self.addresses.get_mut(self.count)
        {
            *free = address;
            self.count += 1;
        }
        self.count < MOST
    }
}

/// Enough to get through the layers of a server to the application's own functions.
const MOST: usize = 64;

/// As many are looked at: each takes some thousand instructions.
const MOST_CALLS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn deep(depth: usize) -> Addresses {
        if depth == 0 {
            return capture();
        }
        let captured = deep(depth - 1);
        std::hint::black_box(captured) // no tail call
    }

    #[test]
    fn recursion_is_as_deep_as_its_data_and_makes_no_difference() {
        let [shallow, deeper] = [3, 40].map(deep);
        assert_eq!(shallow, deeper);
        assert_eq!(shallow.hash24(), deeper.hash24());
        assert!(shallow.count > 3);
    }

    #[test]
    fn a_stack_is_cut_on_its_outer_side() {
        let mut captured = Addresses { addresses: [0; MOST], count: 0 };
        let pushed = (1..100).take_while(|address| captured.push(*address)).count();
        assert_eq!((pushed, captured.count), (MOST - 1, MOST));
        assert_eq!(captured.iter().last(), Some(MOST));
    }

    #[test]
    fn the_hash_tells_two_stacks_apart() {
        assert_ne!(capture().hash24(), capture().hash24());
    }
}
