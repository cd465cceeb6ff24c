//! Prints `shape level primary secondary` for each shape of error; the first line says what the build is good for.

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

mod observed;
mod panics;
mod recorded;
mod tasks;

use observed::Observed;

fn main() {
    let mut observed = Observed::start();
    println!("{}", observed.start_line());
    recorded::all(&mut observed);
    panics::all(&mut observed);
    tasks::all(&mut observed);
}
