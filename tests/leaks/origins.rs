//! Origins that want a secret, and those that must not see it.

use std::net::IpAddr;

use world::{Answer, Origin, Site};

use crate::support::{feed, page, start};

fn number(target: &str) -> u64 {
    target.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(99)
}

/// An origin whose feeds list a page of its own and one elsewhere, that leads some feeds and
/// pages to another host, and refuses the last ones in all ways.
pub(super) fn guarded(other: &Origin) -> Site {
    let (far, stolen) = (other.url("/far"), other.url("/stolen"));
    let refused = other.url("/refused");
    Site::new()
        .at("/robots.txt", Answer::status(404))
        .on("/feed/*", move |ask| {
            let n = number(&ask.hit.target);
            match ask.nth {
                0 => feed(&[&format!("/page/{n}"), &format!("{far}/{n}"), &format!("/away/{n}")]),
                1 => Answer::redirect(302, &format!("{stolen}/{n}")),
                2..4 => Answer::redirect(301, &format!("{stolen}/{n}")),
                _ => Answer::status(401).header("WWW-Authenticate", "Basic realm=\"x\""),
            }
        })
        .on("/page/*", |ask| page(number(&ask.hit.target)))
        .on("/away/*", move |ask| {
            Answer::redirect(302, &format!("{refused}/{}", number(&ask.hit.target)))
        })
}

/// A proxy that answers by itself; what comes to it has the whole URL for its target.
pub(super) fn proxy(origin: &Origin, other: &Origin) -> Origin {
    let (host, far) = (origin.url(""), other.url("/far"));
    let site = Site::new()
        .at(&format!("{host}/robots.txt"), Answer::status(404))
        .at(&other.url("/robots.txt"), Answer::status(404))
        .on(&format!("{host}/feed/*"), move |ask| {
            let n = number(&ask.hit.target);
            feed(&[&format!("/page/{n}"), &format!("{far}/{n}")])
        })
        .on("*", |ask| page(number(&ask.hit.target)));
    Origin::start_on(IpAddr::from([127, 66, 0, 2]), site).unwrap()
}

pub(super) fn elsewhere() -> Origin {
    let site = Site::new()
        .at("/robots.txt", Answer::status(404))
        .on("/far/*", |ask| page(100 + number(&ask.hit.target)))
        .on("/stolen/*", |ask| feed(&[&format!("/far/{}", number(&ask.hit.target))]));
    start(site)
}
