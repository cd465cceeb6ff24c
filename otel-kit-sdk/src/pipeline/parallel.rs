use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Instant,
};

use crate::{suppress::suppress_this_thread, time::left};

/// Something to do on a thread of its own; false if it could not be done.
pub(super) type Job = Box<dyn FnOnce() -> bool + Send>;

/// Runs the jobs side by side and waits for them until `deadline`; true if all succeeded by then. One
/// that hangs stays behind on its thread.
pub(super) fn run_until(deadline: Instant, jobs: Vec<Job>) -> bool {
    let (ended, ends) = mpsc::channel();
    let count = jobs.len();
    for job in jobs {
        let ended = ended.clone();
        run_aside(Box::new(move || {
            let done = job();
            ended.send(done).is_ok()
        }));
    }
    drop(ended); // a job that panics ends the wait too, by dropping its own
    (0..count).fold(true, |all, _| ends.recv_timeout(left(deadline)).unwrap_or(false) && all)
}

/// Runs the job on a thread of its own, or here if there is none to be had.
pub(super) fn run_aside(job: Job) {
    let slot = Arc::new(Mutex::new(Some(job)));
    let theirs = Arc::clone(&slot);
    let started = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
        suppress_this_thread();
        run(&theirs);
    });
    if started.is_err() {
        run(&slot);
    }
}

fn run(slot: &Mutex<Option<Job>>) {
    let job = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(job) = job {
        let _ = job();
    }
}

const NAME: &str = "otel-kit-flush";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_waits_for_all_jobs_but_not_beyond_the_deadline() {
        let (a, b) = mpsc::channel::<()>();
        let (c, d) = mpsc::channel::<()>();
        let jobs: Vec<Job> = vec![
            Box::new(move || b.recv().is_err()),
            Box::new(move || d.recv().is_err() && a.send(()).is_ok()),
        ];
        assert!(!run_until(crate::time::after(Duration::from_millis(20)), jobs));
        drop(c);
        let quick: Vec<Job> = vec![Box::new(|| true), Box::new(|| true)];
        assert!(run_until(crate::time::after(Duration::from_secs(10)), quick));
        let failing: Vec<Job> = vec![Box::new(|| false), Box::new(|| true)];
        assert!(!run_until(crate::time::after(Duration::from_secs(10)), failing));
        assert!(run_until(Instant::now(), Vec::new()));
    }

    #[test]
    fn a_job_that_panics_is_not_waited_for() {
        let before = Instant::now();
        let jobs: Vec<Job> = vec![Box::new(|| std::panic::resume_unwind(Box::new(())))];
        assert!(!run_until(crate::time::after(Duration::from_secs(60)), jobs));
        assert!(before.elapsed() < Duration::from_secs(30));
    }
}
