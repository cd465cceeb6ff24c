//! How often a thread allocated.
//!
//! Existing crates for this do more for each allocation than the allocator itself, which would be counted as
//! instructions of what is measured. This one adds a single instruction.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// Allocations of this thread up to now; growing one counts as another one.
pub(crate) fn on_this_thread() -> u64 {
    COUNT.get()
}

fn count() {
    COUNT.set(COUNT.get() + 1);
}

struct Counting;

#[expect(unsafe_code, reason = "a global allocator cannot be had without it")]
// SAFETY: every call goes to the system's allocator as it is, and the counter neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn allocations_of_this_thread_are_counted() {
        let before = on_this_thread();
        let mut text = black_box(String::with_capacity(8));
        text.push_str(black_box("longer than that"));
        assert_eq!(on_this_thread() - before, 2);
        let before = on_this_thread();
        drop(black_box(text));
        assert_eq!(on_this_thread() - before, 0);
    }
}
