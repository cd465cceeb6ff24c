//! Panics on this thread.

use std::{cell::RefCell, collections::HashMap, hint::black_box, sync::Mutex};

use shop::{Pg, Repo};

use crate::observed::Observed;

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

trait Handler {
    fn handle(&self, text: Option<&str>) -> usize;
}

struct Orders;
struct Users;

impl Handler for Orders {
    fn handle(&self, text: Option<&str>) -> usize {
        text.unwrap().len()
    }
}

impl Handler for Users {
    fn handle(&self, text: Option<&str>) -> usize {
        text.unwrap().len()
    }
}

pub fn all(observed: &mut Observed) {
    observed.shape("panic-text", || panic!("nothing left of 7"));
    observed.shape("panic-other-text", || panic!("nothing right of 7"));
    observed.shape("panic-unwrap-none", || black_box(None::<u8>).unwrap());
    observed.shape("panic-expect", || black_box(None::<u8>).expect("a byte"));
    observed.shape("panic-unwrap-err", || "x".parse::<u8>().unwrap());
    observed.shape("panic-index", || black_box(vec![1, 2, 3])[black_box(7)]);
    observed.shape("panic-slice", || black_box("text")[black_box(3)..black_box(9)].len());
    observed.shape("panic-map", || HashMap::<u8, u8>::new()[&7]);
    observed.shape("panic-divide", || 1 / black_box(0));
    observed.shape("panic-borrowed", || {
        let cell = RefCell::new(1);
        let _one = cell.borrow_mut();
        black_box(cell.borrow_mut());
    });
    observed.shape("panic-poisoned", poisoned);
    observed.shape("panic-assertion", || assert_eq!(black_box(1), 2, "of {}", 7));
    observed.shape("panic-payload", || std::panic::panic_any(7_u8));
    handlers(observed);
    library(observed);
}

fn handlers(observed: &mut Observed) {
    let handlers: [(&str, Box<dyn Handler>); 2] =
        [("panic-handler-orders", Box::new(Orders)), ("panic-handler-users", Box::new(Users))];
    for (name, handler) in handlers {
        observed.shape(name, || handler.handle(black_box(None)));
    }
}

fn library(observed: &mut Observed) {
    let repo = Pg { data: 0_u8 };
    observed.shape("panic-generic", || shop::first::<String>(&[]));
    observed.shape("panic-iterator", || shop::each(3, |number| 7 / black_box(number)));
    observed.shape("panic-boxed-closure", || shop::dynamic("the list")(0));
    observed.shape("panic-recursion", || shop::walk(black_box(40)));
    observed.shape("panic-provided", || repo.take(&[1], black_box(7)));
    observed.shape("panic-impl", || repo.load(black_box(5)));
    observed.shape("panic-impl-elsewhere", || repo.rows(black_box(5)));
    observed.shape("panic-drop", || drop(Pg { data: [0_u8; 3] }));
    observed.shape("panic-recursion/none", || black_box(shop::walk as fn(u32) -> u32)(0));
}

fn poisoned() {
    let mutex = Mutex::new(());
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _guard = mutex.lock();
        std::panic::resume_unwind(Box::new("quietly"));
    }));
    let _guard = mutex.lock().unwrap();
}
