//! `fetch`: one page, and all there is to know about its answer, as one JSON object.

use std::time::Duration;

use anyhow::Context as _;
use fetch::{Answer, Blame, Failure, Hop, Request};
use jiff::Timestamp;
use record::json::RecordJson;
use record::{Reason, RecordId};
use serde::Serialize;

use crate::cli::FetchArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::pipeline::{self, CleanedItem};

/// One request of the chain.
#[derive(Debug, Serialize)]
struct Link<'a> {
    url: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    elapsed_ms: u64,
}

/// An answer.
#[derive(Debug, Serialize)]
struct Answered<'a> {
    url: Option<&'a str>,
    status: u16,
    chain: Vec<Link<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<&'a str>,
    headers: &'a [(String, String)],
    fetched_at: Timestamp,
    elapsed_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fresh_seconds: Option<u64>,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cleaned: Option<Cleaned>,
}

/// What `--clean` made of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Cleaned {
    Record(Box<RecordJson>),
    Refused { error: String, reason: &'static str },
}

/// A refusal.
#[derive(Debug, Serialize)]
struct Refused<'a> {
    url: &'a str,
    error: String,
    reason: &'static str,
    blame: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
    chain: Vec<Link<'a>>,
    elapsed_ms: u64,
}

/// Asks for the page and prints what came; 1 when it was refused or cannot be cleaned.
pub(super) fn run(context: &Context, args: &FetchArgs) -> anyhow::Result<Exit> {
    let client = pipeline::web_client(context)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let got = runtime.block_on(client.get(&Request::page(&args.url)));
    runtime.shutdown_background();
    match got {
        Ok(answer) => show(answer, args, &context.rules),
        Err(failure) => {
            output::say(&serde_json::to_string(&Refused::of(&failure))?)?;
            Ok(Exit::SomeFailed)
        }
    }
}

fn show(mut answer: Answer, args: &FetchArgs, rules: &clean::SiteRules) -> anyhow::Result<Exit> {
    let bytes = answer.page.body.len();
    if let Some(path) = &args.output {
        std::fs::write(path, &answer.page.body).with_context(|| path.display().to_string())?;
    }
    let cleaned = args.clean.then(|| {
        let body = std::mem::take(&mut answer.page.body);
        clean(record::Page { body, ..answer.page.clone() }, rules)
    });
    let exit = match cleaned {
        Some(Cleaned::Refused { .. }) => Exit::SomeFailed,
        _ => Exit::Done,
    };
    let headers = answer.headers();
    let answered = Answered {
        url: answer.page.url.as_deref(),
        status: answer.status,
        chain: chain(&answer.hops),
        moved: answer.moved.as_deref(),
        headers: &headers,
        fetched_at: answer.page.fetched_at,
        elapsed_ms: millis(answer.elapsed),
        fresh_seconds: answer.freshness.fresh_for.map(|fresh| fresh.as_secs()),
        bytes,
        saved: args.output.as_ref().map(|path| path.display().to_string()),
        cleaned,
    };
    output::say(&serde_json::to_string(&answered)?)?;
    Ok(exit)
}

fn clean(page: record::Page, rules: &clean::SiteRules) -> Cleaned {
    let at = page.fetched_at;
    let refused =
        |reason: Reason| Cleaned::Refused { error: reason.to_string(), reason: reason.kind.code() };
    match pipeline::clean_one(pipeline::captured(page), at, rules) {
        CleanedItem::Record(record, _) => {
            let id = RecordId::of(&record).to_string();
            Cleaned::Record(Box::new(RecordJson { id, ..RecordJson::of(&record) }))
        }
        CleanedItem::Failed(reason) => refused(reason),
        CleanedItem::Polled(_)
        | CleanedItem::Listed(_)
        | CleanedItem::Known
        | CleanedItem::Unchanged(_) => refused(Reason::of(record::ReasonKind::NoBody)),
    }
}

impl<'a> Refused<'a> {
    fn of(failure: &'a Failure) -> Self {
        Self {
            url: &failure.url,
            error: failure.reason.to_string(),
            reason: failure.reason.kind.code(),
            blame: match failure.blame() {
                Blame::Us => "us",
                Blame::Network => "network",
                Blame::Site => "site",
            },
            status: failure.status,
            retry_at: failure.retry_at,
            chain: chain(&failure.hops),
            elapsed_ms: millis(failure.elapsed),
        }
    }
}

fn chain(hops: &[Hop]) -> Vec<Link<'_>> {
    let link = |hop: &'_ Hop| hop.address.map(|address| address.to_string());
    let hops = hops.iter().map(|hop| Link {
        url: &hop.url,
        status: hop.status,
        address: link(hop),
        elapsed_ms: millis(hop.elapsed),
    });
    hops.collect()
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
