//! What a `Cargo.toml` says, with line numbers.

use std::{fs, path::Path};

use toml::de::{DeTable, DeValue};

pub(crate) struct Manifest {
    pub(crate) path: String,
    text: String,
}

pub(crate) struct Dependency {
    /// Name of the package, also where it is renamed.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
    line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Compiled into the library: normal and build dependencies.
    Normal,
    Dev,
}

impl Manifest {
    pub(crate) fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a readable manifest");
        let path = path.strip_prefix(root).unwrap_or(path).display().to_string();
        Self { path, text }
    }

    pub(crate) fn package_name(&self) -> String {
        self.string(&["package", "name"]).expect("a package has a name")
    }

    /// The value at a path of keys, where it is a string; `true` counts as one.
    pub(crate) fn string(&self, keys: &[&str]) -> Option<String> {
        let (last, tables) = keys.split_last()?;
        let document = self.parse();
        let mut table = &document;
        for key in tables {
            table = table.get(*key)?.get_ref().as_table()?;
        }
        let value = table.get(*last)?.get_ref();
        value.as_str().map(ToOwned::to_owned).or_else(|| value.as_bool().map(|value| value.to_string()))
    }

    /// Dependencies of every section, those of single targets included.
    pub(crate) fn dependencies(&self) -> Vec<Dependency> {
        let document = self.parse();
        let targets = document.get("target").and_then(|target| target.get_ref().as_table());
        let targets = targets
            .into_iter()
            .flat_map(|table| table.values())
            .filter_map(|value| value.get_ref().as_table());
        std::iter::once(&document).chain(targets).flat_map(|table| self.dependencies_in(table)).collect()
    }

    /// `file:line: message`.
    pub(crate) fn violation(&self, dependency: &Dependency, message: &str) -> String {
        format!("{}:{}: {} {message}", self.path, dependency.line, dependency.name)
    }

    fn dependencies_in(&self, table: &DeTable<'_>) -> Vec<Dependency> {
        let mut found = Vec::new();
        for (section, kind) in SECTIONS {
            let Some(entries) = table.get(section).and_then(|entries| entries.get_ref().as_table()) else {
                continue;
            };
            for (key, value) in entries {
                let line =
                    self.text.chars().take(key.span().start).filter(|character| *character == '\n').count()
                        + 1;
                let name =
                    field(value.get_ref(), "package").and_then(DeValue::as_str).unwrap_or(key.get_ref());
                let optional = field(value.get_ref(), "optional").and_then(DeValue::as_bool).unwrap_or(false);
                found.push(Dependency { name: name.to_owned(), kind, optional, line });
            }
        }
        found
    }

    fn parse(&self) -> DeTable<'_> {
        DeTable::parse(&self.text).unwrap_or_else(|error| panic!("{}: {error}", self.path)).into_inner()
    }
}

fn field<'a>(value: &'a DeValue<'a>, key: &str) -> Option<&'a DeValue<'a>> {
    Some(value.as_table()?.get(key)?.get_ref())
}

const SECTIONS: [(&str, Kind); 3] =
    [("dependencies", Kind::Normal), ("build-dependencies", Kind::Normal), ("dev-dependencies", Kind::Dev)];

#[test]
fn dependencies_are_read_with_section_line_and_real_name() {
    let text = "[dependencies]\na = \"1\"\n[target.'cfg(unix)'.dev-dependencies]\nb = { package = \"c\", optional = true }\n";
    let manifest = Manifest { path: String::new(), text: text.to_owned() };
    let found: Vec<_> =
        manifest.dependencies().into_iter().map(|d| (d.name, d.kind, d.optional, d.line)).collect();
    assert_eq!(found, [("a".to_owned(), Kind::Normal, false, 2), ("c".to_owned(), Kind::Dev, true, 4)]);
}
