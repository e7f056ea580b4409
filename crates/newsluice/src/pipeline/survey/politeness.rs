//! Who may speak for whom, and what a backfill costs at the pace in force.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

use fetch::robots::Rules;
use fetch::{Accept, Client, HostKey, Request};
use record::PageUrl;

use super::Found;
use crate::source::words;

/// Other hosts whose robots.txt is asked for in a survey; all further ones are refused.
const MOST_HOSTS: usize = 64;

/// Bytes of a page on the wire: of 1,078 news pages of a public corpus the mean, packed.
const PAGE_BYTES: u64 = 38 << 10;

/// The sitemaps that other hosts name.
#[derive(Debug, Default)]
pub(super) struct Vouching {
    sitemaps: HashMap<HostKey, Vec<String>>,
}

impl Vouching {
    /// May a list with these names (its own URL, and the list that led to it) list `url`?
    pub(super) async fn is_own(
        &mut self,
        client: &Client,
        names: &[Option<&str>],
        url: &str,
    ) -> bool {
        let (Some(host), Ok(page)) = (HostKey::of_url(url), PageUrl::parse(url)) else {
            return false;
        };
        let mut names = names.iter().flatten();
        // http and https of a name are one host here, but ports are not.
        let port = |key: &HostKey| {
            let port = key.as_str().rsplit(':').next().unwrap_or_default().to_owned();
            if port == "80" { "443".to_owned() } else { port }
        };
        let is_same = |name: &&str| {
            let same = PageUrl::parse(name).is_ok_and(|name| name.host() == page.host());
            same && HostKey::of_url(name).is_some_and(|own| port(&own) == port(&host))
        };
        if names.clone().any(is_same) {
            return true;
        }
        if !self.sitemaps.contains_key(&host) {
            if self.sitemaps.len() >= MOST_HOSTS {
                return false;
            }
            let said = sitemaps(client, &page).await;
            self.sitemaps.insert(host.clone(), said);
        }
        let said = self.sitemaps.get(&host);
        names.any(|name| said.is_some_and(|said| said.iter().any(|url| url == name)))
    }
}

/// The sitemaps that the robots.txt of a page's host names; none where it cannot be had.
async fn sitemaps(client: &Client, page: &PageUrl) -> Vec<String> {
    let Ok(url) = PageUrl::join(page.as_str(), "/robots.txt") else { return Vec::new() };
    let url = url.as_str();
    let request = Request { accept: Accept::Robots, robots: false, ..Request::page(url) };
    match client.get(&request).await {
        Ok(answer) => Rules::parse(&answer.page.body, "newsluice").sitemaps,
        Err(_) => Vec::new(),
    }
}

/// What fetching the pages would cost.
#[derive(Debug, Default)]
pub(crate) struct Cost {
    /// Pages.
    pub(crate) requests: u64,
    /// Bytes on the wire, as pages go.
    pub(crate) bytes: u64,
    /// Until the slowest host is done.
    pub(crate) duration: Duration,
    /// By host: pages, and how long they take.
    pub(crate) hosts: BTreeMap<String, (u64, Duration)>,
}

impl Cost {
    /// Of what was found, with this pause between requests to a host where its robots.txt asks
    /// for no longer one.
    pub(crate) fn of(found: &Found, client: &Client, pause: Duration) -> Self {
        let hosts: BTreeMap<String, (u64, Duration)> = found
            .hosts
            .iter()
            .map(|(host, pages)| {
                let asked = client.memory(host).robots.and_then(|copy| copy.rules.crawl_delay);
                let pause = pause.max(asked.unwrap_or_default());
                let duration = pause.saturating_mul(u32::try_from(*pages).unwrap_or(u32::MAX));
                (host.as_str().to_owned(), (*pages, duration))
            })
            .collect();
        let duration = hosts.values().map(|(_, duration)| *duration).max().unwrap_or_default();
        Self { requests: found.pages, bytes: found.pages * PAGE_BYTES, duration, hosts }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} pages to fetch, about {}, {} at the pace in force",
            self.requests,
            words::bytes(self.bytes as f64),
            crate::progress::in_words(self.duration)
        )?;
        for (host, (pages, duration)) in self.hosts.iter().take(20) {
            write!(f, "\n  {host}: {pages} pages, {}", crate::progress::in_words(*duration))?;
        }
        Ok(())
    }
}
