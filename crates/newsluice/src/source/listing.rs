//! Lists of sources: OPML, newsboat's `urls`, a URL a line.

mod lines;
mod outlines;

pub(crate) use lines::{newsboat, plain};
pub(crate) use outlines::{all_places, opml};

use std::collections::HashMap;

use record::PageUrl;

use super::{Outline, SourceSettings};

/// One source of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listed {
    /// Its URL.
    pub(crate) url: String,
    /// What the list says of it.
    pub(crate) settings: SourceSettings,
}

/// What a list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Listing {
    /// Its sources, each once, in order.
    pub(crate) sources: Vec<Listed>,
    /// What could not be used: one sentence each.
    pub(crate) problems: Vec<String>,
    /// Which of the settings the list decides about.
    pub(crate) decides: Decides,
}

/// Which settings a list decides about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Decides {
    /// None: it is a list of URLs.
    #[default]
    Nothing,
    /// Tags and titles.
    Tags,
    /// All.
    All,
}

impl Listing {
    /// Reads a list in any of the formats.
    ///
    /// # Errors
    /// What makes it none.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let start = bytes.trim_ascii_start();
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        if start.starts_with(b"<") {
            return outlines::read(bytes).map_err(|reason| reason.to_string());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| {
            "neither OPML nor a list of URLs in UTF-8; is it the right file?".to_owned()
        })?;
        Ok(lines::read(text))
    }

    /// Adds a source; one that is there already gets the tags and places of this one too.
    fn add(&mut self, places: &mut HashMap<String, usize>, listed: Listed) {
        if let Some(problem) = unusable(&listed.url) {
            self.problems.push(problem);
            return;
        }
        let Some(known) = places.get(&listed.url).and_then(|place| self.sources.get_mut(*place))
        else {
            places.insert(listed.url.clone(), self.sources.len());
            self.sources.push(listed);
            return;
        };
        add_new(&mut known.settings.tags, listed.settings.tags);
        if let Some(more) = listed.settings.outline {
            let outline = known.settings.outline.get_or_insert_default();
            add_new(&mut outline.places, more.places);
        }
    }
}

fn add_new<T: PartialEq>(all: &mut Vec<T>, new: Vec<T>) {
    for item in new {
        if !all.contains(&item) {
            all.push(item);
        }
    }
}

/// Why a URL cannot be taken from a list.
fn unusable(url: &str) -> Option<String> {
    let (shown, secret) = fetch::Credentials::from_url(url);
    if secret.is_some() {
        return Some(format!(
            "{shown}: a password in the address would be kept in the database; skipped: \
             'newsluice feed add' with --credential adds it"
        ));
    }
    match (PageUrl::parse(url), fetch::HostKey::of_url(url)) {
        (Ok(_), Some(_)) => None,
        (Err(e), _) => Some(format!("{shown}: {e}; skipped")),
        (Ok(_), None) => Some(format!("{shown}: no host; skipped")),
    }
}

/// The outline of a source with this title, if it has one.
fn titled(title: Option<String>) -> Option<Outline> {
    title.map(|title| Outline { title: Some(title), ..Outline::default() })
}
