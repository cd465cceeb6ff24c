//! Errors as services have them, all recorded in one line of code, which is the worst case: nothing but the errors
//! themselves tells causes apart. (What stacks tell is proven in `tests/grouping`.)

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "panics are among the causes, and one that does not come about fails the test"
)]

mod http;
mod kafka;
mod own;
mod sql;
mod standard;

use std::{
    collections::HashMap,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    time::Duration,
};

use otel_kit_core::{
    Kit,
    exception::{Group, GroupSource},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::{Exceptions, PanicHook, RecordError};

#[test]
fn one_cause_is_one_group_and_two_causes_never_are() {
    let causes = [standard::causes(), own::causes(), sql::causes(), http::causes(), kafka::causes()].concat();
    assert!(causes.len() >= 60, "{}", causes.len());
    let mut observed = Observed::start();
    let mut groups: HashMap<String, &str> = HashMap::new();
    let mut wrong = Vec::new();
    for (name, errors) in &causes {
        assert!(errors.len() > 1, "{name} is no proof that data makes no difference");
        let found: Vec<_> = errors.iter().map(|error| observed.group_of(name, error)).collect();
        if found.iter().any(|group| *group != found[0]) {
            wrong.push(format!("{name} has several groups:\n{}", observed.explained(&found)));
        }
        if let Some(other) = groups.insert(found[0].clone(), name) {
            wrong.push(format!("{name} and {other} are one group:\n{}", observed.explained(&found[..1])));
        }
    }
    drop(panic::take_hook()); // for what is told of this test
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

/// A name and errors that have this cause and differ in their data.
type Cause = (&'static str, Vec<Fails>);

/// Records an error, or panics.
type Fails = Arc<dyn Fn(&Kit)>;

/// The one place.
fn error<Kind: 'static, E: RecordError<Kind> + 'static>(error: E) -> Fails {
    Arc::new(move |kit| error.record_to(kit))
}

fn causes_of<Kind: 'static, E: RecordError<Kind> + 'static>(
    name: &'static str,
    errors: impl IntoIterator<Item = E>,
) -> Cause {
    (name, errors.into_iter().map(error).collect())
}

/// What the kit makes of errors.
struct Observed {
    exceptions: Exceptions,
    kit: Kit,
    counts: HashMap<String, u64>,
}

impl Observed {
    fn start() -> Self {
        panic::set_hook(Box::new(|_| {}));
        let mut settings = ExceptionSettings::default();
        (settings.burst, settings.per_group_per_minute) = (1_000, 1_000);
        let exceptions = Exceptions::builder(settings).build().expect("no rules");
        exceptions.install_panic_hook(PanicHook::new());
        let kit = Kit::builder().exception_sink(Arc::new(exceptions.clone())).build();
        Self { exceptions, kit, counts: HashMap::new() }
    }

    fn explained(&self, groups: &[String]) -> String {
        let lines = groups.iter().filter_map(|group| self.exceptions.explain(group));
        lines.collect::<Vec<_>>().join("\n\n")
    }

    /// The one that counts one more.
    fn group_of(&mut self, name: &str, fails: &Fails) -> String {
        let _ = panic::catch_unwind(AssertUnwindSafe(|| fails(&self.kit)));
        assert!(self.exceptions.flush(Duration::from_secs(20)), "{name}: not flushed");
        let groups = self.exceptions.groups();
        let has_grown =
            |group: &&Group| self.counts.get(&group.fingerprint).is_none_or(|before| group.count > *before);
        let grown: Vec<_> = groups.iter().filter(has_grown).collect();
        assert_eq!(grown.len(), 1, "{name}: {grown:#?}");
        let fingerprint = grown[0].fingerprint.clone();
        self.counts = groups.into_iter().map(|group| (group.fingerprint, group.count)).collect();
        fingerprint
    }
}
