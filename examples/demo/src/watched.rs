use otel_kit_testing::received::{Received, ReceivedLog};

/// The service that is watched here, and what is to be seen: its failing endpoint.
const SERVICE: &str = "service-a";

/// What the failing endpoint of a service made of itself: a group of exceptions, and an alert that came and went.
pub struct Watched<'a> {
    /// The first exception of each group.
    groups: Vec<&'a ReceivedLog>,
    firing: Vec<&'a ReceivedLog>,
    over: Vec<&'a ReceivedLog>,
}

impl<'a> Watched<'a> {
    /// What of it has arrived.
    pub fn of(received: &'a Received) -> Self {
        let mut watched = Self { groups: Vec::new(), firing: Vec::new(), over: Vec::new() };
        for log in received.log_records().iter().filter(|log| log.service() == SERVICE) {
            let state = log.attr("otel_kit.alert.state").as_str();
            match (log.attr("exception.fingerprint").as_str(), state) {
                (Some(fingerprint), _) if !watched.knows(fingerprint) => watched.groups.push(log),
                (_, Some("firing")) => watched.firing.push(log),
                (_, Some("inactive")) => watched.over.push(log),
                _ => {}
            }
        }
        watched
    }

    /// Whether it is all there, each once.
    pub fn is_complete(&self) -> bool {
        matches!((&*self.groups, &*self.firing, &*self.over), ([_], [_], [_]))
    }

    /// A line for each.
    pub fn show(&self) {
        for group in &self.groups {
            println!(
                "exception group {}: {} (trace {})",
                group.attr("exception.fingerprint"),
                group.attr("exception.group.title"),
                group.trace_id
            );
        }
        for (state, alerts) in [("firing", &self.firing), ("resolved", &self.over)] {
            for alert in alerts {
                println!("alert {}: {state} (trace {})", alert.attr("otel_kit.alert.name"), alert.trace_id);
            }
        }
    }

    fn knows(&self, fingerprint: &str) -> bool {
        self.groups.iter().any(|group| *group.attr("exception.fingerprint") == fingerprint)
    }
}
