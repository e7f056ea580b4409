//! The headers of an answer that matter.

use std::fmt;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use crate::freshness::{CacheHeaders, freshness};
use crate::{Freshness, Validators};

/// What is worth showing to people.
const SHOWN: [&str; 14] = [
    "content-type",
    "content-encoding",
    "content-length",
    "etag",
    "last-modified",
    "cache-control",
    "expires",
    "age",
    "date",
    "vary",
    "retry-after",
    "link",
    "server",
    "x-robots-tag",
];
/// A validator longer than this is not worth keeping.
const MAX_VALIDATOR: usize = 4096;

/// Status and headers of an answer.
pub(crate) struct Head {
    pub(crate) status: u16,
    headers: HeaderMap,
}

impl fmt::Debug for Head {
    /// Without headers: there may be cookies among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({}, {} headers)", self.status, self.headers.len())
    }
}

impl Head {
    pub(crate) fn new(status: u16, headers: HeaderMap) -> Self {
        Self { status, headers }
    }

    /// The value of a header, each byte beyond ASCII as the Latin-1 letter that it is.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        if let Ok(ascii) = value.to_str() {
            return Some(ascii.to_owned());
        }
        Some(value.as_bytes().iter().copied().map(char::from).collect())
    }

    /// The target of a redirect: UTF-8 where it is, as browsers read it.
    pub(crate) fn location(&self) -> Option<String> {
        let value = self.headers.get("location")?;
        let utf8 = std::str::from_utf8(value.as_bytes()).ok().map(str::to_owned);
        utf8.or_else(|| self.text("location"))
    }

    /// The content coding that the body is under.
    pub(crate) fn coding(&self) -> Option<String> {
        self.text("content-encoding")
    }

    /// What the answer itself gives for next time.
    pub(crate) fn validators(&self) -> Validators {
        let short = |text: &String| !text.is_empty() && text.len() <= MAX_VALIDATOR;
        Validators {
            etag: self.text("etag").filter(short),
            last_modified: self.text("last-modified").filter(short),
        }
    }

    /// The validators to keep after 304: what was sent, with what the answer renewed
    /// (RFC 9111 4.3.4).
    pub(crate) fn renewed(&self, sent: &Validators) -> Validators {
        let new = self.validators();
        Validators {
            etag: new.etag.or_else(|| sent.etag.clone()),
            last_modified: new.last_modified.or_else(|| sent.last_modified.clone()),
        }
    }

    pub(crate) fn freshness(&self, now: Timestamp) -> Freshness {
        // Several Cache-Control lines are one list.
        let control: Vec<_> = self
            .headers
            .get_all("cache-control")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let control = control.join(",");
        let get = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let headers = CacheHeaders {
            cache_control: Some(control.as_str()),
            age: get("age"),
            expires: get("expires"),
            date: get("date"),
        };
        freshness(headers, now)
    }

    pub(crate) fn content_type(&self) -> Option<String> {
        self.text("content-type")
    }

    /// The headers worth showing, in the order that they are listed.
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        let shown = SHOWN.iter();
        shown.filter_map(|name| Some(((*name).to_owned(), self.text(name)?))).collect()
    }
}
