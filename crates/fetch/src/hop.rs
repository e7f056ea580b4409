//! One request on the wire and its answer.

use std::time::Duration;

use record::{Reason, ReasonKind};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use reqwest::{Method, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::head::Head;
use crate::redirect::is_redirect;
use crate::wires::Wire;
use crate::{Client, Hop, Request, Room, body, retry_after, trouble};

/// Everything that goes into one hop.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) url: &'a Url,
    /// Credentials, if the URL is of their origin.
    pub(crate) headers: Option<&'a HeaderMap>,
    pub(crate) wire: &'a Wire,
    pub(crate) limit: usize,
    pub(crate) timeout: Duration,
    /// May a connection to the host have been kept?
    pub(crate) kept: bool,
}

/// A hop that got somewhere.
pub(crate) enum Exchange {
    Redirect { status: u16, location: String },
    NotModified { head: Head },
    Complete { head: Head, body: Vec<u8>, room: Room },
}

/// A hop with what there is to learn from it.
pub(crate) struct Exchanged {
    pub(crate) outcome: Result<Exchange, Reason>,
    pub(crate) hop: Option<Hop>,
    pub(crate) retry_after: Option<Duration>,
    /// Time spent waiting for other large bodies.
    pub(crate) waited: Duration,
}

impl Client {
    /// Sends one request and reads its answer.
    pub(crate) async fn exchange(&self, asked: &Asked<'_>, mut deadline: Instant) -> Exchanged {
        let started = Instant::now();
        let mut response = match self.send(asked, deadline).await {
            Ok(response) => response,
            Err(reason) => {
                let waited = Duration::ZERO;
                return Exchanged { outcome: Err(reason), hop: None, retry_after: None, waited };
            }
        };
        let status = response.status().as_u16();
        let hop = Hop {
            url: asked.url.as_str().to_owned(),
            status,
            address: response.remote_addr(),
            elapsed: started.elapsed(),
        };
        let length = response.content_length();
        let head = Head::new(status, std::mem::take(response.headers_mut()));
        let retry_after = head.text("retry-after").and_then(|value| {
            retry_after::parse(&value, head.text("date").as_deref(), (self.settings.clock)())
        });
        let before = deadline;
        let outcome = self.outcome(asked, head, (response, length), &mut deadline).await;
        Exchanged { outcome, hop: Some(hop), retry_after, waited: deadline - before }
    }

    async fn outcome(
        &self,
        asked: &Asked<'_>,
        head: Head,
        (response, length): (Response, Option<u64>),
        deadline: &mut Instant,
    ) -> Result<Exchange, Reason> {
        match head.status {
            200 | 203 => {
                let limits = body::Limits {
                    accept: asked.request.accept,
                    cap: asked.limit,
                    coding: head.coding(),
                    length,
                    large: &self.large,
                    patience: asked.timeout,
                };
                let (body, room) = body::read(response, limits, deadline).await?;
                Ok(Exchange::Complete { head, body, room })
            }
            304 if asked.request.validators.is_some_and(|sent| !sent.is_empty()) => {
                Ok(Exchange::NotModified { head })
            }
            status => {
                body::drain(response, length, *deadline).await;
                match head.location() {
                    Some(location) if is_redirect(status) => {
                        Ok(Exchange::Redirect { status, location })
                    }
                    _ => Err(refusal(status)),
                }
            }
        }
    }

    /// The head of the answer. A connection that was kept may have been closed meanwhile: then
    /// the request is sent once more over a fresh one (RFC 9112 9.3.1).
    async fn send(&self, asked: &Asked<'_>, deadline: Instant) -> Result<Response, Reason> {
        let first = self.send_over(&asked.wire.kept, asked, deadline).await;
        match first {
            Err(reason) if asked.kept && reason.kind == ReasonKind::BrokenAnswer => {
                tracing::debug!(url = %asked.url, %reason, "asking again over a fresh connection");
                self.send_over(&asked.wire.fresh, asked, deadline).await
            }
            other => other,
        }
    }

    async fn send_over(
        &self,
        client: &reqwest::Client,
        asked: &Asked<'_>,
        deadline: Instant,
    ) -> Result<Response, Reason> {
        let mut request = reqwest::Request::new(Method::GET, asked.url.clone());
        *request.headers_mut() = headers(asked);
        match timeout_at(deadline, client.execute(request)).await {
            Err(_) => Err(Reason::of(ReasonKind::Timeout)),
            Ok(answer) => answer.map_err(|e| trouble::reason(&e)),
        }
    }
}

fn headers(asked: &Asked<'_>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(ACCEPT, HeaderValue::from_static(asked.request.accept.header()));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd, deflate"));
    if let Some(validators) = asked.request.validators {
        conditional(&mut headers, IF_NONE_MATCH, validators.etag.as_deref());
        conditional(&mut headers, IF_MODIFIED_SINCE, validators.last_modified.as_deref());
    }
    if let Some(secret) = asked.headers {
        headers.extend(secret.clone());
    }
    headers
}

/// A validator goes back byte for byte: its letters beyond ASCII were Latin-1 bytes.
fn conditional(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    let Some(text) = value else { return };
    let value = if text.is_ascii() {
        HeaderValue::from_str(text)
    } else {
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        HeaderValue::from_bytes(&bytes)
    };
    if let Ok(value) = value {
        headers.insert(name, value);
    }
}

fn refusal(status: u16) -> Reason {
    let phrase = reqwest::StatusCode::from_u16(status).ok();
    let phrase = phrase.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let detail = format!("{status} {}", phrase.to_lowercase()).trim_end().to_owned();
    let kind = match status {
        200..=399 => ReasonKind::BrokenAnswer,
        404 => ReasonKind::NotFound,
        410 => ReasonKind::Gone,
        _ => ReasonKind::HttpStatus,
    };
    Reason::new(kind, detail)
}
