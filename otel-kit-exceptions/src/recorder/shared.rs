use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use otel_kit_core::settings::ExceptionSettings;

use super::{losses::Losses, output::Output, timeline::Timeline};
use crate::{
    budget::Budget, event::Record, groups::Groups, keys::Keys, layer::Lines, rules::Rules, seen::Seen,
    stack::InApp,
};

/// The last word on what is exported: false keeps it in.
pub(crate) type BeforeSend = Box<dyn Fn(&mut Record) -> bool + Send + Sync>;

/// What requests and the worker have in common.
pub(crate) struct Shared {
    pub(crate) settings: ExceptionSettings,
    pub(crate) rules: Rules,
    pub(crate) timeline: Timeline,
    pub(crate) budget: Budget,
    pub(crate) keys: Keys,
    pub(crate) seen: Seen,
    pub(crate) lines: Lines,
    pub(crate) in_app: InApp,
    pub(crate) losses: Losses,
    pub(crate) before_send: Option<BeforeSend>,
    groups: Mutex<Groups>,
    output: Mutex<Option<Output>>,
    has_ended: AtomicBool,
}

impl Shared {
    pub(crate) fn new(
        settings: ExceptionSettings,
        rules: Rules,
        timeline: Timeline,
        before_send: Option<BeforeSend>,
    ) -> Self {
        let budget = Budget::new(settings.burst, settings.per_group_per_minute);
        // A group has a key for each of its places and types, and for each stack of a panic.
        let keys = settings.max_groups.saturating_mul(KEYS_OF_A_GROUP).clamp(LEAST_KEYS, MOST_KEYS);
        Self {
            budget,
            keys: Keys::new(keys, budget),
            seen: Seen::new(),
            lines: Lines::new(settings.log_lines),
            in_app: InApp::new(&settings.in_app),
            losses: Losses::default(),
            before_send,
            groups: Mutex::new(Groups::new(settings.max_groups)),
            output: Mutex::new(None),
            has_ended: AtomicBool::new(false),
            settings,
            rules,
            timeline,
        }
    }

    pub(crate) fn groups(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where events and measurements go, if they go anywhere yet, or still.
    pub(crate) fn output(&self) -> MutexGuard<'_, Option<Output>> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
        // The kit has its sinks, this one among them: neither would ever be freed.
        let output = self.output().take();
        drop(output);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("settings", &self.settings).finish_non_exhaustive()
    }
}

const KEYS_OF_A_GROUP: usize = 4;
const LEAST_KEYS: usize = 256;
const MOST_KEYS: usize = 16_384;
