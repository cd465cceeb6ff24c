use std::{
    fmt, fs,
    ops::Range,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use addr2line::Loader;

use super::builder::Found;

/// The running executable and what it says of its functions. Some ten megabytes, and milliseconds to open.
///
/// Shared libraries are left out: a Rust service is one file. It is read here and not through the `backtrace` crate,
/// as that crate's lock would make whoever takes a stack on a request wait for this.
pub(super) struct Image {
    loader: Loader,
    mapped: Range<u64>,
    /// What addresses in this process are ahead of those in the file.
    bias: u64,
}

impl Image {
    pub(super) fn open() -> Option<Self> {
        let executable = fs::read_link(SELF).ok()?;
        let mapped = mapping(&fs::read_to_string("/proc/self/maps").ok()?, executable.to_str()?)?;
        let loader = Loader::new(still_there(executable)).ok()?;
        let code = loader.get_section_range(b".text")?;
        // An executable that cannot be moved is where its file says.
        let bias = if mapped.contains(&code.begin) { 0 } else { mapped.start };
        Some(Self { loader, mapped, bias })
    }

    /// The functions at `address`, inlined ones first; empty if it is not in the executable.
    pub(super) fn functions(&self, address: usize) -> Vec<Found> {
        // That is where the call returns to; the call itself is before it.
        let called = u64::try_from(address).unwrap_or(0).saturating_sub(1);
        if !self.mapped.contains(&called) {
            return Vec::new();
        }
        let address = called - self.bias;
        let mut functions = self.by_debug_information(address);
        // The last one is the function that was really called.
        let outermost = functions.pop();
        match self.loader.find_symbol(address) {
            Some(symbol) => functions.push(outermost.unwrap_or_default().with_symbol(symbol)),
            None => functions.extend(outermost),
        }
        functions
    }

    fn by_debug_information(&self, address: u64) -> Vec<Found> {
        let mut functions = Vec::new();
        let Ok(mut frames) = self.loader.find_frames(address) else { return functions };
        while let Ok(Some(frame)) = frames.next() {
            let name = frame.function.as_ref().and_then(|function| function.raw_name().ok());
            let found = Found::new(name.as_deref().unwrap_or_default());
            functions.push(match frame.location {
                Some(place) => found.with_place(place.file, place.line, place.column),
                None => found,
            });
        }
        functions
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("mapped", &self.mapped).finish_non_exhaustive()
    }
}

/// From the first to the last part of `executable` in memory; it starts where the file's first byte is.
fn mapping(maps: &str, executable: &str) -> Option<Range<u64>> {
    let mut parts = maps.lines().filter_map(|line| {
        let (rest, _) = line.split_at_checked(line.len().checked_sub(executable.len())?)?;
        line.ends_with(executable).then(|| part(rest)).flatten()
    });
    let (first, offset) = parts.next()?;
    let end = parts.next_back().map_or(first.end, |(last, _)| last.end);
    Some(first.start.checked_sub(offset)?..end)
}

/// `start-end permissions offset device inode`, and nothing else behind it.
fn part(line: &str) -> Option<(Range<u64>, u64)> {
    let mut words = line.split_ascii_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let hexadecimal = |digits| u64::from_str_radix(digits, 16).ok();
    let offset = hexadecimal(words.nth(1)?)?;
    (words.count() == 2).then_some((hexadecimal(start)?..hexadecimal(end)?, offset))
}

/// The file by its own name, next to which split debug information is found; if it was replaced meanwhile, the one
/// that still runs.
fn still_there(executable: PathBuf) -> PathBuf {
    let identity = |path: &Path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let running = Path::new(SELF);
    if identity(&executable) == identity(running) { executable } else { running.to_owned() }
}

const SELF: &str = "/proc/self/exe";

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
55d0c8000000-55d0c8040000 r--p 00000000 fe:01 1234   /srv/shop
55d0c8040000-55d0c8100000 r-xp 00040000 fe:01 1234   /srv/shop
55d0c8100000-55d0c8110000 rw-p 00100000 fe:01 1234   /srv/shop
7f0000000000-7f0000100000 r-xp 00000000 fe:01 99     /usr/lib/libc.so.6
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0      [stack]
";

    #[test]
    fn the_mapping_of_the_executable_reaches_from_its_first_byte_to_its_last_part() {
        assert_eq!(mapping(MAPS, "/srv/shop"), Some(0x55d0_c800_0000..0x55d0_c811_0000));
        let later = MAPS.lines().skip(1).collect::<Vec<_>>().join("\n");
        assert_eq!(mapping(&later, "/srv/shop"), Some(0x55d0_c800_0000..0x55d0_c811_0000));
    }

    #[test]
    fn another_file_is_not_taken_for_the_executable() {
        assert_eq!(mapping(MAPS, "/shop"), None);
        assert_eq!(mapping(MAPS, "/srv/other"), None);
        assert_eq!(mapping("nonsense\n/srv/shop\n - /srv/shop", "/srv/shop"), None);
    }
}
