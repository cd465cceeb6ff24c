use std::{
    cell::Cell,
    sync::{Mutex, OnceLock, PoisonError},
};

use super::{
    Notice,
    losses::{Counters, LogLosses},
    sink::Sink,
};

/// Lines written by the thread that logs.
pub(super) struct Direct {
    output: Mutex<Output>,
    losses: Counters,
    notice: OnceLock<Notice>,
}

struct Output {
    sink: Sink,
    unreported: u64,
}

impl Direct {
    pub(super) fn new(sink: Sink) -> Self {
        let output = Mutex::new(Output { sink, unreported: 0 });
        Self { output, losses: Counters::default(), notice: OnceLock::new() }
    }

    pub(super) fn write(&self, line: &[u8]) {
        // The output itself may log.
        if WRITING.replace(true) {
            return self.losses.write_failed.add(1);
        }
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if output.sink.write(line).is_ok() {
            self.report(&mut output);
        } else {
            output.unreported += 1;
            self.losses.write_failed.add(1);
        }
        WRITING.set(false);
    }

    fn report(&self, output: &mut Output) {
        if let (1.., Some(notice)) = (output.unreported, self.notice.get()) {
            let mut line = Vec::new();
            notice(output.unreported, &mut line);
            if output.sink.write(&line).is_ok() {
                output.unreported = 0;
            }
        }
    }

    pub(super) fn losses(&self) -> LogLosses {
        self.losses.read()
    }

    pub(super) fn count_cut(&self) {
        self.losses.cut.add(1);
    }

    pub(super) fn notice_with(&self, notice: Notice) {
        let _first_is_kept = self.notice.set(notice);
    }
}

thread_local! {
    static WRITING: Cell<bool> = const { Cell::new(false) };
}
