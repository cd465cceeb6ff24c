//! The loop that is measured, for the binaries that `runner` runs.

use std::{env, hint::black_box, process::ExitCode};

mod allocations;

/// An operation under the name that the runner calls it by.
pub type Case = (&'static str, fn(Loop));

/// Runs the case that the command line names, as often as it says: `<case> <iterations>`.
#[must_use]
pub fn main(cases: &[Case]) -> ExitCode {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let iterations = arguments.next().and_then(|number| number.parse().ok());
    let case = cases.iter().find(|(case, _)| *case == name);
    if let (Some((_, case)), Some(iterations)) = (case, iterations) {
        case(Loop { iterations });
        return ExitCode::SUCCESS;
    }
    let names: Vec<_> = cases.iter().map(|(case, _)| *case).collect();
    eprintln!("usage: <case> <iterations>, where the case is one of {}", names.join(", "));
    ExitCode::FAILURE
}

/// The loop around an operation. What happens outside it is not measured.
#[derive(Debug)]
pub struct Loop {
    iterations: u64,
}

impl Loop {
    /// Measures the operation, and prints how often it allocated on this thread.
    pub fn run(self, mut operation: impl FnMut()) {
        for _ in 0..WARM_UP {
            operation();
        }
        let before = allocations::on_this_thread();
        measured_loop(&mut || {
            for _ in 0..self.iterations {
                operation();
            }
        });
        println!("{}", allocations::on_this_thread() - before);
    }

    /// The same for an operation that uses something up: making it anew for each time is not measured.
    pub fn run_on<T>(self, mut make: impl FnMut() -> T, mut operation: impl FnMut(T)) {
        for _ in 0..WARM_UP {
            operation(make());
        }
        let mut allocated = 0;
        for _ in 0..self.iterations {
            let mut made = Some(make());
            let before = allocations::on_this_thread();
            measured_loop(&mut || made.take().into_iter().for_each(&mut operation));
            allocated += allocations::on_this_thread() - before;
        }
        println!("{allocated}");
    }
}

/// The runner counts the instructions of what is called here, and finds this function by its name.
#[inline(never)]
fn measured_loop(all: &mut dyn FnMut()) {
    all();
    black_box(()); // A call in last place becomes a jump, and would not be seen as part of this function.
}

/// So many times first, for caches to fill and lazy values to be there.
const WARM_UP: u64 = 50;
