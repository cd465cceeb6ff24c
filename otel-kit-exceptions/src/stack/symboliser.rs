use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use super::image::Image;
#[cfg(not(target_os = "linux"))]
use super::resolved::Image;
use super::{
    Addresses, InApp, Stack,
    builder::{Builder, Found},
};

/// Gives addresses their names. It takes milliseconds and megabytes: not for a request.
#[derive(Debug)]
pub(crate) struct Symboliser {
    in_app: InApp,
    image: Option<Image>,
    used: Instant,
}

impl Symboliser {
    pub(crate) fn new(in_app: InApp) -> Self {
        Self { in_app, image: None, used: Instant::now() }
    }

    pub(crate) fn frames(&mut self, addresses: &Addresses) -> Stack {
        self.used = Instant::now();
        if self.image.is_none() {
            self.image = Image::open();
        }
        let mut builder = Builder::new(&self.in_app);
        for address in addresses.iter() {
            let functions = self.image.as_ref().map(|image| image.functions(address)).unwrap_or_default();
            if functions.is_empty() {
                builder.push(Found::default());
            }
            functions.into_iter().for_each(|function| builder.push(function));
        }
        builder.build()
    }

    /// Gives the memory back when it was not used for a minute.
    pub(crate) fn forget_if_idle(&mut self, now: Instant) {
        if now.saturating_duration_since(self.used) >= IDLE {
            self.image = None;
        }
    }
}

/// As long as an error a minute keeps it in use.
const IDLE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::{super::capture, *};

    fn is_send<T: Send>() {}

    #[test]
    fn it_may_move_to_the_thread_that_has_the_time() {
        is_send::<Symboliser>();
    }

    #[inline(never)]
    fn middle(symboliser: &mut Symboliser) -> Stack {
        let captured = capture();
        symboliser.frames(&captured)
    }

    #[test]
    fn functions_have_their_names_files_and_lines() {
        let line = line!() - 6; // of the capture
        let stack = middle(&mut Symboliser::new(InApp::new(&[])));
        let own =
            stack.frames.iter().find(|frame| frame.name.ends_with("symboliser::tests::middle")).unwrap();
        assert!(own.file.as_deref().unwrap().ends_with("src/stack/symboliser.rs"), "{own:?}");
        assert_eq!(own.line, Some(line));
    }

    #[test]
    fn after_an_idle_minute_it_forgets_and_when_asked_again_it_knows() {
        let mut symboliser = Symboliser::new(InApp::new(&[]));
        let before = middle(&mut symboliser);
        let used = symboliser.used;
        symboliser.forget_if_idle(used + IDLE - Duration::from_millis(1));
        assert!(symboliser.image.is_some());
        symboliser.forget_if_idle(used + IDLE);
        assert!(symboliser.image.is_none());
        assert_eq!(middle(&mut symboliser).frames[..3], before.frames[..3]);
    }
}
