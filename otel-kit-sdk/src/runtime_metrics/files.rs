use std::{
    fs,
    path::{Path, PathBuf},
};

/// The files in which Linux tells about control groups.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
}

impl Files {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The files in a folder of these.
    pub(super) fn within(&self, folder: &str) -> Self {
        Self { root: self.path(folder) }
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        // Joined as it is, an absolute path would leave the root.
        self.root.join(Path::new(file.trim_start_matches('/')))
    }

    pub(super) fn text(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.path(file)).ok()
    }

    /// A file that is one number.
    pub(super) fn number(&self, file: &str) -> Option<i64> {
        self.text(file)?.trim().parse().ok()
    }
}

/// The number behind a name at the start of a line: `inactive_file 4096`.
pub(super) fn field(text: &str, name: &str) -> Option<i64> {
    let named = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        (words.next()? == name).then(|| words.next()?.parse().ok()).flatten()
    };
    text.lines().find_map(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "total_inactive_file 3\ninactive_files 2\ninactive_file 4\nbad x\n";
        assert_eq!(field(text, "inactive_file"), Some(4));
        assert_eq!(field(text, "bad"), None);
        assert_eq!(field(text, "active_file"), None);
    }
}
