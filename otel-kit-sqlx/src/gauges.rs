use std::{
    collections::{BTreeMap, HashSet},
    ptr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Meter},
};
use otel_kit_core::semconv::{
    attribute::{DB_CLIENT_CONNECTION_POOL_NAME, DB_CLIENT_CONNECTION_STATE},
    metric::{
        CONNECTIONS, DB_CLIENT_CONNECTION_COUNT, DB_CLIENT_CONNECTION_IDLE_MIN, DB_CLIENT_CONNECTION_MAX,
    },
};
use sqlx_core::{database::Database, pool::Pool};

use crate::target::Target;

/// The pools of a kit that were used. Its instruments ask those that are still there.
#[derive(Debug)]
pub(crate) struct Pools {
    entries: Arc<Entries>,
}

/// A pool that is asked for its numbers at each collection. That does not keep it alive.
pub(crate) struct Observed<DB: Database> {
    pub(crate) pool: Pool<DB>,
}

/// What a pool of any database tells.
pub(crate) trait Gauged: Send + Sync {
    /// The same for all that share sqlx's pool, and for nobody else while they live.
    fn id(&self) -> usize;

    /// `None` if the pool is closed.
    fn numbers(&self) -> Option<Numbers>;
}

/// Connections of a pool, or of all that have its name.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Numbers {
    idle: i64,
    used: i64,
    max: i64,
    min: i64,
}

#[derive(Debug, Default)]
struct Entries(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    id: usize,
    name: Arc<str>,
    pool: Weak<dyn Gauged>,
}

impl Pools {
    pub(crate) fn new(meter: &Meter) -> Self {
        let entries = Arc::<Entries>::default();
        entries.observe(meter);
        Self { entries }
    }

    /// Takes a pool in; answers its name: the one it was given, or the target's with a number if another pool that
    /// is still there has that.
    pub(crate) fn enter(&self, pool: &Weak<dyn Gauged>, target: &Target) -> Arc<str> {
        let mut entries = self.entries.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.pool.strong_count() > 0);
        let id = pool.upgrade().map(|pool| pool.id());
        let name = target.name.clone().unwrap_or_else(|| free_name(&entries, id, target.default_pool_name()));
        let name = Arc::<str>::from(name);
        if let Some(id) = id {
            entries.push(Entry { id, name: Arc::clone(&name), pool: Weak::clone(pool) });
        }
        name
    }
}

impl Entries {
    fn observe(self: &Arc<Self>, meter: &Meter) {
        let states = ["idle", "used"].map(|state| KeyValue::new(DB_CLIENT_CONNECTION_STATE, state));
        self.register(
            meter,
            (DB_CLIENT_CONNECTION_COUNT, "Connections, by state."),
            move |name, numbers, count| {
                for (value, state) in [numbers.idle, numbers.used].into_iter().zip(&states) {
                    count.observe(value, &[name.clone(), state.clone()]);
                }
            },
        );
        self.register(meter, (DB_CLIENT_CONNECTION_MAX, "Connections at most."), |name, numbers, max| {
            max.observe(numbers.max, &[name]);
        });
        self.register(
            meter,
            (DB_CLIENT_CONNECTION_IDLE_MIN, "Connections at least."),
            |name, numbers, min| {
                min.observe(numbers.min, &[name]);
            },
        );
    }

    fn register(
        self: &Arc<Self>,
        meter: &Meter,
        (name, description): (&'static str, &'static str),
        tell: impl Fn(KeyValue, Numbers, &dyn AsyncInstrument<i64>) + Send + Sync + 'static,
    ) {
        let entries = Arc::clone(self);
        let counter = meter.i64_observable_up_down_counter(name);
        let callback = move |instrument: &dyn AsyncInstrument<i64>| {
            for (name, numbers) in entries.numbers() {
                tell(KeyValue::new(DB_CLIENT_CONNECTION_POOL_NAME, name), numbers, instrument);
            }
        };
        let _ = counter.with_unit(CONNECTIONS).with_description(description).with_callback(callback).build();
    }

    /// The numbers by name. Pools of one name add up, and one that was wrapped twice counts once.
    fn numbers(&self) -> BTreeMap<Arc<str>, Numbers> {
        let pools: Vec<_> = {
            let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let live = |entry: &Entry| Some((Arc::clone(&entry.name), entry.id, entry.pool.upgrade()?));
            entries.iter().filter_map(live).collect()
        };
        let mut counted = HashSet::new();
        let mut all = BTreeMap::<_, Numbers>::new();
        for (name, id, pool) in pools {
            if let Some(numbers) = pool.numbers().filter(|_| counted.insert((Arc::clone(&name), id))) {
                all.entry(name).or_default().add(numbers);
            }
        }
        all
    }
}

impl Numbers {
    const fn add(&mut self, other: Self) {
        self.idle = self.idle.saturating_add(other.idle);
        self.used = self.used.saturating_add(other.used);
        self.max = self.max.saturating_add(other.max);
        self.min = self.min.saturating_add(other.min);
    }
}

impl<DB: Database> Gauged for Observed<DB> {
    fn id(&self) -> usize {
        ptr::from_ref(self.pool.options()).addr()
    }

    fn numbers(&self) -> Option<Numbers> {
        if self.pool.is_closed() {
            return None;
        }
        let (idle, size, options) = (self.pool.num_idle(), self.pool.size(), self.pool.options());
        // The two are read one after the other, and may not fit together.
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(size);
        Some(Numbers {
            idle: idle.into(),
            used: size.saturating_sub(idle).into(),
            max: options.get_max_connections().into(),
            min: options.get_min_connections().into(),
        })
    }
}

/// The name, with the lowest number that sets it apart from those of other pools.
fn free_name(entries: &[Entry], id: Option<usize>, name: String) -> String {
    let others = entries.iter().filter(|entry| Some(entry.id) != id);
    let taken: HashSet<&str> = others.map(|entry| &*entry.name).collect();
    if !taken.contains(name.as_str()) {
        return name;
    }
    let numbered = |number| format!("{name}#{number}");
    let free = (2..MOST_OF_A_NAME).map(numbered).find(|name| !taken.contains(name.as_str()));
    free.unwrap_or_else(|| numbered(MOST_OF_A_NAME))
}

/// Pools of one default name that are told apart; more share the last number.
const MOST_OF_A_NAME: usize = 100;

#[cfg(test)]
mod tests {
    use opentelemetry::metrics::{InstrumentProvider, Meter};

    use super::*;

    struct Nobody;

    impl InstrumentProvider for Nobody {}

    struct Fixed(usize);

    impl Gauged for Fixed {
        fn id(&self) -> usize {
            self.0
        }

        fn numbers(&self) -> Option<Numbers> {
            Some(Numbers { idle: 1, used: 2, max: 4, min: 0 })
        }
    }

    fn pools() -> Pools {
        Pools::new(&Meter::new(Arc::new(Nobody)))
    }

    fn enter(pools: &Pools, pool: &Arc<Fixed>, name: Option<&str>) -> String {
        let pool: Weak<Fixed> = Arc::downgrade(pool);
        let mut target = Target::other();
        target.name = name.map(str::to_owned);
        pools.enter(&(pool as Weak<dyn Gauged>), &target).to_string()
    }

    #[test]
    fn a_default_name_gets_the_lowest_number_that_is_free() {
        let (pools, all) = (pools(), [1, 2, 3].map(|id| Arc::new(Fixed(id))));
        let names = all.each_ref().map(|pool| enter(&pools, pool, None));
        assert_eq!(names, ["other_sql", "other_sql#2", "other_sql#3"]);
        assert_eq!(enter(&pools, &all[1], None), "other_sql#2", "it is the same pool");
        let [first, second, third] = all;
        drop((first, third));
        assert_eq!(enter(&pools, &Arc::new(Fixed(4)), None), "other_sql");
        assert_eq!(pools.entries.numbers().keys().map(|name| &**name).collect::<Vec<_>>(), ["other_sql#2"]);
        drop(second);
    }

    #[test]
    fn a_name_that_was_given_stays_and_pools_of_one_name_add_up() {
        let (pools, all) = (pools(), [1, 2, 3].map(|id| Arc::new(Fixed(id))));
        assert_eq!(enter(&pools, &all[0], Some("mine")), "mine");
        assert_eq!(enter(&pools, &all[1], Some("mine")), "mine");
        assert_eq!(enter(&pools, &all[1], Some("mine")), "mine", "wrapped twice");
        assert_eq!(enter(&pools, &all[2], Some("other_sql")), "other_sql");
        assert_eq!(enter(&pools, &all[0], None), "other_sql#2");
        let numbers: Vec<_> = pools.entries.numbers().into_iter().collect();
        let one = Numbers { idle: 1, used: 2, max: 4, min: 0 };
        let two = Numbers { idle: 2, used: 4, max: 8, min: 0 };
        assert_eq!(numbers, [("mine".into(), two), ("other_sql".into(), one), ("other_sql#2".into(), one)]);
    }

    #[test]
    fn names_and_entries_are_bounded() {
        let pools = pools();
        let all: Vec<_> = (0..300).map(|id| Arc::new(Fixed(id))).collect();
        let names: HashSet<_> = all.iter().map(|pool| enter(&pools, pool, None)).collect();
        assert!(names.len() == MOST_OF_A_NAME && names.contains("other_sql#100"), "{names:?}");
        drop(all);
        for id in 0..10_000 {
            enter(&pools, &Arc::new(Fixed(id)), None);
        }
        assert_eq!(pools.entries.0.lock().unwrap().len(), 1, "those that are gone leave");
    }
}
