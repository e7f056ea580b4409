//! Asking for a list, with patience.

use std::time::Duration;

use fetch::{Client, Failure, Request};
use record::{Reason, ReasonKind, Retry};
use store::List;

use super::document::{self, Document};

/// Requests for one list until it is given up.
const ATTEMPTS: u32 = 3;

/// Longest wait for a host that asks for one, before a list is given up.
const PATIENCE: Duration = Duration::from_mins(2);

/// Asks for a list, again where that may help.
pub(super) async fn ask(client: &Client, list: &List) -> Result<Document, Reason> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let request = Request { patience: PATIENCE, ..document::request(&list.url) };
        match client.get(&request).await {
            Ok(answer) => return document::read(answer.page).await,
            Err(failure) => match wait(&failure, attempt) {
                Some(wait) if !list.is_guess => tokio::time::sleep(wait).await,
                _ => return Err(failure.reason),
            },
        }
    }
}

/// How long to wait before a list is asked for again; `None` where that will not help.
fn wait(failure: &Failure, attempt: u32) -> Option<Duration> {
    if attempt >= ATTEMPTS || failure.retry() == Retry::Never {
        return None;
    }
    if matches!(failure.reason.kind, ReasonKind::NotFound | ReasonKind::Robots) {
        return None;
    }
    let asked = failure.retry_at.map(|at| at.duration_since(crate::clock::now()).unsigned_abs());
    let wait = asked.unwrap_or_default().max(Duration::from_secs(1 << attempt));
    (wait <= PATIENCE).then_some(wait)
}
