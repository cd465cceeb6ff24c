use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Labels;

/// Series whose alerts have the same labels.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) labels: Arc<Labels>,
    pub(crate) members: Vec<Member>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Its index among the series of its metric.
    pub(crate) series: usize,
    /// Whether what it measures has failed.
    pub(crate) failed: bool,
}

/// All groups of a selection.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    all: Vec<Group>,
    by_labels: FxHashMap<Arc<Labels>, usize>,
    members: usize,
}

impl Groups {
    pub(crate) fn add(&mut self, labels: Labels, member: Member) {
        self.members += 1;
        if let Some(group) = self.by_labels.get(&labels).and_then(|index| self.all.get_mut(*index)) {
            group.members.push(member);
            return;
        }
        let labels = Arc::new(labels);
        self.by_labels.insert(Arc::clone(&labels), self.all.len());
        self.all.push(Group { labels, members: vec![member] });
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn all(&self) -> &[Group] {
        &self.all
    }

    /// Number of series in all groups.
    pub(crate) const fn members(&self) -> usize {
        self.members
    }
}
