use std::{cell::RefCell, thread::LocalKey};

use otel_kit_core::metrics::Number;

use super::cache::Recent;

/// What instruments measure: `u64`, `i64` or `f64`.
pub(super) trait Measured: Copy + Send + Sync + 'static {
    fn number(self) -> Number;

    /// The attribute sets that this thread has used last.
    fn recent() -> &'static LocalKey<RefCell<Recent<Self>>>;
}

macro_rules! measured {
    ($type:ty, $number:expr) => {
        impl Measured for $type {
            fn number(self) -> Number {
                $number(self)
            }

            fn recent() -> &'static LocalKey<RefCell<Recent<Self>>> {
                thread_local!(static RECENT: RefCell<Recent<$type>> = const { RefCell::new(Recent::new()) });
                &RECENT
            }
        }
    };
}

measured!(u64, |value| Number::Int(i64::try_from(value).unwrap_or(i64::MAX)));
measured!(i64, Number::Int);
measured!(f64, Number::Double);
