//! OPML: folders are tags, what was decided about a source is one attribute, and attributes of
//! others are kept.

use std::collections::{BTreeMap, HashMap};

use feed::opml::{Opml, Subscription};
use record::Reason;
use store::FeedInfo;

use super::{Decides, Listed, Listing, add_new};
use crate::source::{Outline, SourceSettings};

/// The attribute that holds the settings, as JSON.
const SETTINGS: &str = "newsluice:settings";

/// The attribute that nearly every outline has.
const PLAIN: (&str, &str) = ("type", "rss");

/// The namespace of that attribute: its prefix and URI.
const NAMESPACE: (&str, &str) = ("newsluice", "https://github.com/newsluice/newsluice#settings");

/// Reads a list. A source in several folders is one source with several places.
pub(super) fn read(bytes: &[u8]) -> Result<Listing, Reason> {
    let Opml { namespaces, feeds, .. } = feed::opml::parse(bytes)?;
    let mut listing = Listing { decides: Decides::All, ..Listing::default() };
    let mut places = HashMap::new();
    for feed in feeds {
        let listed = listed(feed, &namespaces, &mut listing.problems);
        listing.add(&mut places, listed);
    }
    Ok(listing)
}

fn listed(
    feed: Subscription,
    namespaces: &[(String, String)],
    problems: &mut Vec<String>,
) -> Listed {
    let Subscription { url, title, text, site, folders, other } = feed;
    let (ours, other): (Vec<_>, Vec<_>) = other.into_iter().partition(|(name, _)| name == SETTINGS);
    let mut settings = SourceSettings::default();
    if let Some((_, json)) = ours.first() {
        match SourceSettings::from_json(json) {
            Ok(read) => settings = read,
            Err(e) => problems.push(format!("{url}: its settings are left out: {e}")),
        }
    }
    // What every list says is not worth keeping: it is written again by itself.
    let other: Vec<_> =
        other.into_iter().filter(|(n, v)| (n.as_str(), v.as_str()) != PLAIN).collect();
    let is_used = |prefix: &str| {
        other.iter().any(|(name, _)| name.split_once(':').is_some_and(|(p, _)| p == prefix))
    };
    let namespaces = namespaces.iter().filter(|(prefix, _)| is_used(prefix)).cloned().collect();
    add_new(&mut settings.tags, folders.clone());
    let places = if folders.is_empty() { Vec::new() } else { vec![folders] };
    let outline = Outline { title, text, site, places, other, namespaces };
    settings.outline = Some(outline).filter(|outline| *outline != Outline::default());
    Listed { url, settings }
}

/// Writes a list. Reading it gives the same sources with the same settings.
pub(crate) fn opml(feeds: &[FeedInfo]) -> String {
    let mut namespaces: BTreeMap<String, String> = BTreeMap::new();
    let mut top = Folder::default();
    for feed in feeds {
        let (places, subscription, used) = subscription(feed);
        namespaces.extend(used);
        if places.is_empty() {
            top.items.push(Item::Feed(subscription.clone()));
        }
        for place in places {
            let lying = Subscription { folders: place.clone(), ..subscription.clone() };
            top.put(&place, lying);
        }
    }
    let mut list = Opml {
        title: Some("Sources of Newsluice".to_owned()),
        namespaces: namespaces.into_iter().collect(),
        feeds: Vec::new(),
    };
    top.flatten(&mut list.feeds);
    feed::opml::write(&list)
}

/// The folders that a source lies in, how it is shown there, and the namespaces that takes.
fn subscription(feed: &FeedInfo) -> (Vec<Vec<String>>, Subscription, Vec<(String, String)>) {
    let mut settings = SourceSettings::stored(feed.settings.as_deref());
    let Outline { title, text, site, places, mut other, mut namespaces } =
        settings.outline.take().unwrap_or_default();
    let tags = std::mem::take(&mut settings.tags);
    let places = all_places(places, tags);
    if let Some(json) = settings.to_json() {
        other.push((SETTINGS.to_owned(), json));
        namespaces.push((NAMESPACE.0.to_owned(), NAMESPACE.1.to_owned()));
    }
    let subscription = Subscription {
        url: feed.url.clone(),
        title: title.or_else(|| feed.title.clone()),
        text,
        site: site.or_else(|| feed.site.clone()),
        folders: Vec::new(),
        other,
    };
    (places, subscription, namespaces)
}

/// The folders of a source with these tags: those of the list it came from, and for other tags
/// one each. A tag that was taken away takes the folders with it that go by its name.
pub(crate) fn all_places(places: Vec<Vec<String>>, tags: Vec<String>) -> Vec<Vec<String>> {
    let is_tag = |name: &String| tags.contains(name);
    let mut places: Vec<_> = places.into_iter().filter(|place| place.iter().all(is_tag)).collect();
    for tag in tags {
        if !places.iter().flatten().any(|name| *name == tag) {
            places.push(vec![tag]);
        }
    }
    places
}

/// A folder with what lies in it, in the order in which it was first met.
#[derive(Default)]
struct Folder {
    items: Vec<Item>,
    /// Where in `items` the folders are.
    places: HashMap<String, usize>,
}

enum Item {
    Feed(Subscription),
    Folder(Folder),
}

impl Folder {
    fn put(&mut self, place: &[String], feed: Subscription) {
        let Some((name, rest)) = place.split_first() else {
            self.items.push(Item::Feed(feed));
            return;
        };
        let at = *self.places.entry(name.clone()).or_insert_with(|| {
            self.items.push(Item::Folder(Self::default()));
            self.items.len() - 1
        });
        if let Some(Item::Folder(folder)) = self.items.get_mut(at) {
            folder.put(rest, feed);
        }
    }

    fn flatten(self, out: &mut Vec<Subscription>) {
        for item in self.items {
            match item {
                Item::Feed(feed) => out.push(feed),
                Item::Folder(folder) => folder.flatten(out),
            }
        }
    }
}
