//! Errors of the HTTP client, as reasons.

use std::error::Error as StdError;
use std::io;

use record::{Reason, ReasonKind};

use crate::resolve::Blocked;

/// What an error of a request or its body means. The detail is the innermost cause, which names
/// no URL and no header.
pub(crate) fn reason(error: &reqwest::Error) -> Reason {
    let mut cause: &(dyn StdError + 'static) = error;
    let mut tls = None;
    loop {
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner = inner.map(|inner| inner as &(dyn StdError + 'static));
        for found in [Some(cause), inner].into_iter().flatten() {
            if let Some(blocked) = found.downcast_ref::<Blocked>() {
                return Reason::new(ReasonKind::BlockedAddress, blocked.to_string());
            }
            if let Some(error) = found.downcast_ref::<rustls::Error>() {
                tls = Some(error.to_string());
            }
            // What tokio-rustls says of a port where nobody speaks TLS.
            if found.to_string() == "tls handshake eof" {
                tls = Some("the other side ended the handshake".to_owned());
            }
        }
        match inner.or_else(|| cause.source()) {
            Some(next) => cause = next,
            None => break,
        }
    }
    let kind = match () {
        () if tls.is_some() => ReasonKind::Tls,
        () if error.is_dns() => ReasonKind::Dns,
        () if error.is_timeout() => ReasonKind::Timeout,
        () if error.is_connect() => ReasonKind::Connect,
        () => ReasonKind::BrokenAnswer,
    };
    Reason::new(kind, tls.unwrap_or_else(|| cause.to_string()))
}
