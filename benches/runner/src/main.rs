//! Measures a group of benchmarks and compares what is ours with its targets.

use std::{env, process::ExitCode};

use groups::{GROUPS, Group};

mod bench;
mod cargo;
mod client;
mod groups;
mod load;
mod operation;
mod process;
mod receiver;
mod report;
mod service;
mod soak;
mod spread;
mod valgrind;
mod volume;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let group = match arguments.as_slice() {
        [name] => GROUPS.iter().find(|group| group.name == name),
        _ => None,
    };
    let Some(group) = group else {
        let names: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
        eprintln!("usage: cargo run --release --manifest-path benches/Cargo.toml -- {}", names.join("|"));
        return ExitCode::from(2);
    };
    measure(group)
}

fn measure(group: &Group) -> ExitCode {
    match (group.measure)() {
        Ok(report) => {
            print!("{report}");
            println!("{}", report.verdict(group.name));
            ExitCode::from(u8::from(report.over_target() > 0))
        }
        Err(error) => {
            eprintln!("{}: {error}", group.name);
            ExitCode::from(2)
        }
    }
}
