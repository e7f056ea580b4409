//! The feeds of a site: asked for, read, and told apart.

use std::time::Duration;

use feed::{Candidate, FoundBy};
use fetch::{Accept, Answer, Client, Request};
use jiff::{SignedDuration, Timestamp};
use record::{DateText, Entry, Feed, Reason, ReasonKind};

use super::Access;

/// Most addresses asked for one site: what a page advertises, and where feeds often are.
const MOST_ASKED: usize = 12;

/// Entries from whose dates the rhythm is guessed.
const NEWEST: usize = 20;

/// A feed that was found, and what is in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Its address: the new one, where it moved for good.
    pub(crate) url: String,
    /// Its title.
    pub(crate) title: Option<String>,
    /// The address of its site.
    pub(crate) site: Option<String>,
    /// Its language, as it says.
    pub(crate) language: Option<String>,
    /// How many entries it lists.
    pub(crate) entries: usize,
    /// How many of them seem to carry their whole article.
    pub(crate) whole: usize,
    /// The newest date in it.
    pub(crate) newest: Option<Timestamp>,
    /// About how often something new comes.
    pub(crate) rhythm: Option<Duration>,
    /// How it was found on the page; `None`: it was named itself.
    pub(crate) by: Option<FoundBy>,
    /// Where it was asked for, if it moved from there.
    pub(crate) moved_from: Option<String>,
}

/// The feeds at `url`: itself if it is one, else those of the page there, the surest first.
///
/// # Errors
/// Why nothing was found: the site did not answer, or has no feed.
pub(crate) async fn discover(
    client: &Client,
    url: &str,
    access: &Access,
) -> Result<Vec<Found>, Reason> {
    let answer = ask(client, url, access, Accept::Feed).await?;
    match read(&answer, url) {
        Ok(feed) => return Ok(vec![feed]),
        Err(reason) if reason.kind != ReasonKind::NotAFeed => return Err(reason),
        Err(_) => {}
    }
    let at = answer.page.url.as_deref().unwrap_or(url);
    let page = String::from_utf8_lossy(&answer.page.body);
    let found = of_page(client, feed::discover(&page, at), access).await;
    if found.is_empty() {
        let why = "a page that names no feed, and none where feeds often are";
        return Err(Reason::new(ReasonKind::NotAFeed, why));
    }
    Ok(found)
}

/// The section page at `url` itself, and how many articles it links to.
///
/// # Errors
/// Why it is none: it did not answer, or nothing there looks like an article.
pub(crate) async fn section(client: &Client, url: &str, access: &Access) -> Result<Found, Reason> {
    let answer = ask(client, url, access, Accept::Page).await?;
    let feed = feed::section::parse(&answer.page.body, &hints(&answer))?;
    let moved = answer.moved.clone().filter(|moved| moved != url);
    Ok(of(feed, moved, url))
}

/// Those of the candidates that are feeds. What the page itself names is enough, if there is
/// any; the places where feeds often are come last, and the first feed there will do.
async fn of_page(client: &Client, candidates: Vec<Candidate>, access: &Access) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for candidate in candidates.into_iter().take(MOST_ASKED) {
        if candidate.found >= FoundBy::Anchor && found.iter().any(is_of_articles) {
            break;
        }
        let Ok(answer) = ask(client, &candidate.url, access, Accept::Feed).await else { continue };
        let Ok(feed) = read(&answer, &candidate.url) else { continue };
        if found.iter().all(|known| known.url != feed.url) {
            let title = feed.title.or(candidate.title);
            found.push(Found { by: Some(candidate.found), title, ..feed });
        }
    }
    found
}

fn is_of_articles(found: &Found) -> bool {
    found.by != Some(FoundBy::Comments)
}

async fn ask(
    client: &Client,
    url: &str,
    access: &Access,
    accept: Accept,
) -> Result<Answer, Reason> {
    let request = Request {
        credentials: access.credentials.as_ref(),
        proxy: access.proxy.as_ref(),
        accept,
        ..Request::feed(url)
    };
    client.get(&request).await.map_err(|failure| failure.reason)
}

fn read(answer: &Answer, asked: &str) -> Result<Found, Reason> {
    let feed = feed::parse(&answer.page.body, &hints(answer))?.feed;
    let moved = answer.moved.clone().filter(|moved| moved != asked);
    Ok(of(feed, moved, asked))
}

fn hints(answer: &Answer) -> feed::Hints<'_> {
    let page = &answer.page;
    feed::Hints {
        url: page.url.as_deref(),
        content_type: page.content_type.as_deref(),
        now: Some(page.fetched_at),
    }
}

fn of(feed: Feed, moved: Option<String>, asked: &str) -> Found {
    let date = |entry: &Entry| entry.date().and_then(DateText::instant);
    let mut dates: Vec<Timestamp> = feed.entries.iter().filter_map(date).collect();
    dates.sort_unstable_by(|a, b| b.cmp(a));
    Found {
        moved_from: moved.as_ref().map(|_| asked.to_owned()),
        url: moved.unwrap_or_else(|| asked.to_owned()),
        title: feed.title,
        site: feed.link,
        language: feed.language,
        entries: feed.entries.len(),
        whole: feed.entries.iter().filter(|entry| entry.whole).count(),
        newest: dates.first().copied(),
        rhythm: rhythm(&dates),
        by: None,
    }
}

/// The mean time between the newest entries, whose dates are given, the newest first.
fn rhythm(dates: &[Timestamp]) -> Option<Duration> {
    let newest = dates.get(..dates.len().min(NEWEST))?;
    let (first, last) = (newest.first()?, newest.last()?);
    let gaps = i32::try_from(newest.len()).ok()? - 1;
    let span: SignedDuration = first.duration_since(*last);
    (gaps > 0 && span.is_positive()).then(|| (span / gaps).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rhythm_is_that_of_the_newest_entries() {
        let at = |hour: i64| Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap();
        let dates: Vec<_> = (0..40).rev().map(at).collect();
        assert_eq!(rhythm(&dates), Some(Duration::from_hours(1)));
        assert_eq!(rhythm(&[at(1), at(1)]), None);
        assert_eq!(rhythm(&[at(1)]), None);
        assert_eq!(rhythm(&[]), None);
    }
}
