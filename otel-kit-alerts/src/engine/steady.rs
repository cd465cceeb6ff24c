use crate::history::Millis;

/// Time that goes on when the clock on the wall is set back: histories know no way back.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    last: Millis,
    /// By how much it is ahead of the wall.
    ahead: Millis,
}

impl Steady {
    /// The time that goes with this one on the wall: later than all before.
    pub(crate) fn at(&mut self, wall: Millis) -> Millis {
        let next = wall.saturating_add(self.ahead);
        if next <= self.last {
            self.ahead = self.last.saturating_add(1).saturating_sub(wall);
        }
        self.last = wall.saturating_add(self.ahead);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_when_the_clock_is_set_back() {
        let mut steady = Steady::default();
        let times = [1_000, 2_000, 500, 1_500, 3_000].map(|wall| steady.at(wall));
        assert_eq!(times, [1_000, 2_000, 2_001, 3_001, 4_501]);
    }
}
