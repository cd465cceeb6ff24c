use std::{collections::HashMap, panic, sync::Arc, time::Duration};

use otel_kit_core::{
    Kit,
    exception::{Group, GroupSource},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::{Exceptions, PanicHook};

#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

/// What the kit makes of errors.
pub struct Observed {
    exceptions: Exceptions,
    counts: HashMap<String, u64>,
}

impl Observed {
    /// Installs the kit and the panic hook.
    pub fn start() -> Self {
        panic::set_hook(Box::new(|_| {}));
        let mut settings = ExceptionSettings::default();
        (settings.burst, settings.per_group_per_minute) = (1_000, 1_000);
        let exceptions = Exceptions::builder(settings).build().expect("no rules");
        Kit::builder().exception_sink(Arc::new(exceptions.clone())).build().install().expect("the only one");
        exceptions.install_panic_hook(PanicHook::new());
        Self { exceptions, counts: HashMap::new() }
    }

    pub fn start_line(&self) -> String {
        self.exceptions.start_line()
    }

    /// Prints the one group that counts one more after it.
    pub fn shape<T>(&mut self, name: &str, fails: impl FnOnce() -> T) {
        let _ = panic::catch_unwind(panic::AssertUnwindSafe(fails));
        assert!(self.exceptions.flush(Duration::from_secs(20)), "{name}: not flushed");
        let groups = self.exceptions.groups();
        let grown: Vec<_> = groups.iter().filter(|group| self.has_grown(group)).collect();
        let [group] = &grown[..] else { panic!("{name}: {} groups instead of one: {grown:#?}", grown.len()) };
        println!("{name} {} {} {}", group.grouping.name(), group.fingerprint, group.secondary_fingerprint);
        if std::env::args().any(|argument| argument == "--explain") {
            println!("{}\n", self.exceptions.explain(&group.fingerprint).unwrap_or_default());
            println!("{}\n", group.sample.stacktrace.as_deref().unwrap_or("no stack"));
        }
        self.counts = groups.iter().map(|group| (group.fingerprint.clone(), group.count)).collect();
    }

    fn has_grown(&self, group: &Group) -> bool {
        self.counts.get(&group.fingerprint).is_none_or(|before| group.count > *before)
    }
}
