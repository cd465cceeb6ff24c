use std::fmt;

use serde::Deserialize;

use super::{error::Problem, values::resolve_each};

/// An entry of `metrics.views`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialView {
    /// Name of the instruments, with `*` for any characters and `?` for any one.
    pub instrument: Option<String>,
    /// Another name for the metric.
    pub name: Option<String>,
    /// Keys of the attributes that data points have.
    pub attributes: Option<Vec<String>>,
    /// Keys of the attributes that data points do not have.
    pub drop_attributes: Option<Vec<String>>,
    /// Upper bounds of a histogram's buckets.
    pub buckets: Option<Vec<f64>>,
    /// Whether a histogram has exponential buckets.
    pub exponential: Option<bool>,
    /// Whether the instruments are dropped.
    pub drop: Option<bool>,
}

/// How the measurements of some instruments are aggregated.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct View {
    /// Name of the instruments, with `*` for any characters and `?` for any one.
    pub instrument: String,
    /// Another name for the metric.
    pub name: Option<String>,
    /// Keys of the attributes that data points have; `None` is all but the dropped ones.
    pub attributes: Option<Vec<String>>,
    /// Keys of the attributes that data points do not have.
    pub drop_attributes: Vec<String>,
    /// Upper bounds of a histogram's buckets.
    pub buckets: Option<Vec<f64>>,
    /// Whether a histogram has exponential buckets.
    pub exponential: bool,
    /// Whether the instruments are dropped.
    pub drop: bool,
}

pub(super) fn views(views: Vec<PartialView>) -> Result<Vec<View>, Problem> {
    resolve_each(views, PartialView::resolve)
}

impl PartialView {
    fn resolve(self) -> Result<View, Problem> {
        let Self { instrument, name, attributes, drop_attributes, buckets, exponential, drop } = self;
        let instrument = instrument.filter(|name| !name.is_empty()).ok_or_else(|| {
            Problem::new("`instrument` is missing", "write its name, in which * stands for any characters")
        })?;
        let view = View {
            instrument,
            name,
            attributes,
            drop_attributes: drop_attributes.unwrap_or_default(),
            buckets: buckets.map(ascending).transpose()?,
            exponential: exponential.unwrap_or(false),
            drop: drop.unwrap_or(false),
        };
        view.check()?;
        Ok(view)
    }
}

impl View {
    fn check(&self) -> Result<(), Problem> {
        let changes = [
            self.name.is_some(),
            self.attributes.is_some() || !self.drop_attributes.is_empty(),
            self.buckets.is_some() || self.exponential,
        ];
        let has_changes = changes.contains(&true);
        if self.drop == has_changes {
            let remedy =
                "write name, attributes, drop_attributes, buckets or exponential, or drop: true alone";
            let what = if self.drop { "the view drops what it changes" } else { "the view changes nothing" };
            return Err(Problem::new(what, remedy));
        }
        if self.name.is_some() && self.instrument.contains(['*', '?']) {
            return Err(Problem::new(
                "several instruments would get one name",
                "write the instrument's name without * and ?",
            ));
        }
        if self.attributes.is_some() && !self.drop_attributes.is_empty() {
            return Err(Problem::new("both kinds of attributes are named", "write one of the two lists"));
        }
        if self.buckets.is_some() && self.exponential {
            return Err(Problem::new("there are two kinds of buckets", "write buckets or exponential"));
        }
        Ok(())
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.instrument)?;
        if let Some(name) = &self.name {
            write!(f, " as {name}")?;
        }
        if let Some(keys) = &self.attributes {
            write!(f, " with attributes {}", keys.join(" "))?;
        }
        if !self.drop_attributes.is_empty() {
            write!(f, " without attributes {}", self.drop_attributes.join(" "))?;
        }
        if let Some(bounds) = &self.buckets {
            let bounds: Vec<String> = bounds.iter().map(ToString::to_string).collect();
            write!(f, " with buckets {}", bounds.join(" "))?;
        }
        f.write_str(if self.exponential { " with exponential buckets" } else { "" })?;
        f.write_str(if self.drop { " dropped" } else { "" })
    }
}

fn ascending(bounds: Vec<f64>) -> Result<Vec<f64>, Problem> {
    let is_finite = bounds.iter().all(|bound| bound.is_finite());
    if is_finite && bounds.is_sorted_by(|one, next| one < next) {
        return Ok(bounds);
    }
    Err(Problem::new("the buckets are not in order", "write their upper bounds, each greater than the last"))
}
