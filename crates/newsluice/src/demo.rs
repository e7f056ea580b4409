//! The little news world of `demo`: three invented outlets on loopback.

mod articles;
mod outlet;

use std::io;

use jiff::Timestamp;
use world::{Answer, Origin, Site};

use articles::Page;

/// The invented outlets: the name in `articles.txt`, and the name that they print.
const OUTLETS: [(&str, &str); 3] =
    [("harbour", "The Harbour Post"), ("wire", "Valley Wire"), ("north", "Northern Courier")];

/// A page of a service that wants to see a browser at work.
const WALL: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\
    <h1>Checking your browser before accessing the site</h1><p>Please enable JavaScript and \
    cookies to continue.</p><div id=\"challenge-running\"></div></body></html>";

/// The servers; they stop when this is dropped.
pub(crate) struct NewsWorld {
    origins: Vec<Origin>,
}

impl NewsWorld {
    /// Opens the outlets. Their articles are dated relative to `now`.
    ///
    /// # Errors
    /// When the operating system refuses a port on loopback.
    pub(crate) fn open(now: Timestamp) -> io::Result<Self> {
        let pages = articles::all();
        let open = |(key, name): &(&str, &'static str)| {
            let own: Vec<Page> = pages.iter().filter(|p| p.outlet == *key).cloned().collect();
            let site = outlet::site(name, own, now);
            Origin::start(if *key == "north" { with_trouble(site) } else { site })
        };
        Ok(Self { origins: OUTLETS.iter().map(open).collect::<io::Result<_>>()? })
    }

    /// The URLs of the feeds.
    pub(crate) fn feeds(&self) -> Vec<String> {
        self.origins.iter().map(|origin| origin.url(outlet::FEED)).collect()
    }
}

/// What goes wrong on the web every day: its feed lists both.
fn with_trouble(site: Site) -> Site {
    site.at(outlet::WALLED, Answer::html(WALL)).at(outlet::DEAD, Answer::status(410))
}
