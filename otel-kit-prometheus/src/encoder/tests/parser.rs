//! A strict reader of both formats: it panics at whatever the formats do not allow.

use std::collections::HashSet;

use crate::Format;

pub(super) type Labels = Vec<(String, String)>;

#[derive(Debug)]
pub(super) struct Family {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) help: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) samples: Vec<Sample>,
}

#[derive(Debug)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: Labels,
    pub(super) value: f64,
    pub(super) exemplar: Option<Exemplar>,
}

#[derive(Debug)]
pub(super) struct Exemplar {
    pub(super) labels: Labels,
    pub(super) value: f64,
}

pub(super) fn parse(text: &str, format: Format) -> Vec<Family> {
    let text = match format {
        Format::OpenMetrics => text.strip_suffix("# EOF\n").expect("an end"),
        Format::Text => text,
    };
    assert!(text.is_empty() || text.ends_with('\n'), "an open end");
    let mut families: Vec<Family> = Vec::new();
    for line in text.split_terminator('\n') {
        match line.strip_prefix("# ") {
            Some(comment) => describe(&mut families, comment, format),
            None => {
                let family = families.last_mut().expect("a family before its samples");
                let sample = sample(line);
                check(family, &sample, format);
                family.samples.push(sample);
            }
        }
    }
    check_unique(&families);
    families.iter().filter(|family| family.kind == "histogram").for_each(check_histogram);
    families.iter().filter(|family| family.kind != "gauge").for_each(check_created);
    families
}

fn describe(families: &mut Vec<Family>, comment: &str, format: Format) {
    let mut words = comment.splitn(3, ' ');
    let [keyword, name, rest] = std::array::from_fn(|_| words.next().expect("three words"));
    assert!(is_name(name, true), "{name}");
    if families.last().is_none_or(|family| family.name != name) {
        let (kind, samples) = (String::new(), Vec::new());
        families.push(Family { name: name.into(), kind, help: None, unit: None, samples });
    }
    let family = families.last_mut().unwrap();
    assert!(family.samples.is_empty(), "{comment} after samples");
    match keyword {
        "HELP" => {
            let quotes = format == Format::OpenMetrics;
            assert!(family.help.replace(unescaped(rest, quotes)).is_none(), "a second help");
        }
        "TYPE" => {
            assert!(["counter", "gauge", "histogram", "info"].contains(&rest), "{comment}");
            assert!(format == Format::OpenMetrics || rest != "info");
            assert!(family.kind.is_empty(), "a second type");
            family.kind = rest.into();
        }
        "UNIT" => {
            assert_eq!(format, Format::OpenMetrics);
            assert!(name == rest || name.ends_with(&format!("_{rest}")), "{comment}");
            assert!(family.unit.replace(rest.into()).is_none(), "a second unit");
        }
        _ => panic!("{comment}"),
    }
}

fn check(family: &Family, sample: &Sample, format: Format) {
    let suffix = sample.name.strip_prefix(family.name.as_str()).expect("the family's name");
    let allowed: &[&str] = match (family.kind.as_str(), format) {
        ("counter", Format::OpenMetrics) => &["_total", "_created"],
        ("counter" | "gauge", _) => &[""],
        ("info", Format::OpenMetrics) => &["_info"],
        ("histogram", Format::OpenMetrics) => &["_bucket", "_sum", "_count", "_created"],
        ("histogram", _) => &["_bucket", "_sum", "_count"],
        other => panic!("{other:?}"),
    };
    assert!(allowed.contains(&suffix), "{} of {}", sample.name, family.name);
    assert!(format == Format::OpenMetrics || family.kind != "counter" || family.name.ends_with("_total"));
    assert!(family.kind != "counter" || sample.value >= 0.0, "{sample:?}");
    if let Some(exemplar) = &sample.exemplar {
        assert_eq!(format, Format::OpenMetrics);
        assert!(["_total", "_bucket"].contains(&suffix));
        let size = |(name, value): &(String, String)| name.len() + value.chars().count();
        assert!(exemplar.labels.iter().map(size).sum::<usize>() <= 128);
    }
}

fn check_unique(families: &[Family]) {
    let mut names = HashSet::new();
    let mut series = HashSet::new();
    for family in families {
        assert!(names.insert(&family.name), "{} twice", family.name);
        for sample in &family.samples {
            assert!(series.insert((&sample.name, &sample.labels)), "{sample:?} twice");
        }
    }
}

/// Buckets of one series ascend, their counts do not fall, and the last one is the count.
fn check_histogram(family: &Family) {
    let mut last: Option<(Labels, f64, f64)> = None;
    let mut ended = 0;
    for sample in &family.samples {
        let mut labels = sample.labels.clone();
        if sample.name.ends_with("_bucket") {
            let (name, bound) = labels.pop().expect("a bound");
            assert_eq!(name, "le");
            let bound = number(&bound);
            if let Some((before, lower, count)) = &last {
                assert!(*before == labels && *lower < bound && *count <= sample.value, "{sample:?}");
            }
            last = Some((labels, bound, sample.value));
        } else if sample.name.ends_with("_count") {
            assert_eq!(last.take(), Some((labels, f64::INFINITY, sample.value)));
            ended += 1;
        }
    }
    assert!(last.is_none() && ended > 0, "{family:?}");
}

/// Start times belong to the series before them.
fn check_created(family: &Family) {
    for pair in family.samples.windows(2).filter(|pair| pair[1].name.ends_with("_created")) {
        assert_eq!(pair[0].labels, pair[1].labels);
    }
    assert!(family.samples.first().is_none_or(|first| !first.name.ends_with("_created")), "{family:?}");
}

fn sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).expect("an end of the name");
    let (name, rest) = line.split_at(end);
    assert!(is_name(name, true), "{name}");
    let (labels, rest) = rest.strip_prefix('{').map_or((Vec::new(), rest), labels);
    let (value, exemplar) = match rest.split_once(" # {") {
        Some((value, rest)) => (value, Some(exemplar(rest))),
        None => (rest, None),
    };
    Sample { name: name.into(), labels, value: number(value.strip_prefix(' ').expect("a space")), exemplar }
}

fn exemplar(rest: &str) -> Exemplar {
    let (labels, rest) = labels(rest);
    let mut numbers = rest.strip_prefix(' ').expect("a space").split(' ');
    let value = number(numbers.next().expect("a value"));
    assert!(numbers.next().is_none_or(|time| number(time) >= 0.0));
    assert_eq!(numbers.next(), None);
    Exemplar { labels, value }
}

/// What stands before the closing brace, and the rest.
fn labels(mut text: &str) -> (Labels, &str) {
    let mut labels: Labels = Vec::new();
    loop {
        if let Some(rest) = text.strip_prefix('}') {
            return (labels, rest);
        }
        if !labels.is_empty() {
            text = text.strip_prefix(',').expect("a comma");
        }
        let (name, rest) = text.split_once("=\"").expect("a label");
        assert!(is_name(name, false), "{name}");
        assert!(labels.iter().all(|(known, _)| known != name), "label {name} twice");
        let quotes = rest.match_indices('"').map(|(at, _)| rest.split_at(at));
        let (value, rest) =
            quotes.into_iter().find(|(value, _)| !ends_escaped(value)).expect("a closing quote");
        labels.push((name.into(), unescaped(value, true)));
        text = rest.strip_prefix('"').unwrap_or(rest);
    }
}

fn ends_escaped(text: &str) -> bool {
    text.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1
}

fn unescaped(text: &str, quotes: bool) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        assert!(!quotes || c != '"', "a bare quote in {text}");
        out.push(match c {
            '\\' => match chars.next().expect("something escaped") {
                'n' => '\n',
                '\\' => '\\',
                '"' if quotes => '"',
                other => panic!("\\{other}"),
            },
            c => c,
        });
    }
    out
}

fn is_name(name: &str, colons: bool) -> bool {
    let is_good = |c: char| c.is_ascii_alphanumeric() || c == '_' || (colons && c == ':');
    name.chars().all(is_good) && name.starts_with(|c: char| !c.is_ascii_digit())
}

fn number(text: &str) -> f64 {
    assert!(
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)),
        "{text}"
    );
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}
