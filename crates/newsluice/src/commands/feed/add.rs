//! `feed add`: looks at what is there, shows it, and adds it.

use fetch::HostKey;
use record::{Reason, ReasonKind};
use serde_json::json;
use store::{NewFeed, Reader, SourceEdit};

use super::options::take_over;
use super::shown::{address, as_json, show};
use crate::cli::FeedAddArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::{complain, harmless, say};
use crate::pipeline;
use crate::source::{Access, Found, Kind, Source, SourceSettings, discover, section};

/// Adds the feed at the address, or the best one of the site there.
pub(super) fn run(context: &Context, args: &FeedAddArgs) -> anyhow::Result<Exit> {
    let url = address(&args.url).map_err(Usage)?;
    let mut settings = SourceSettings::default();
    take_over(&args.options, &mut settings);
    let settings = settings.to_json();
    let source = Source::of(settings.as_deref(), &url).map_err(|e| Usage(format!("{url}: {e}")))?;
    if args.unchecked {
        return add(context, &[url], settings.as_deref());
    }
    let found = match look(context, &url, (source.kind, &source.access))? {
        Ok(found) => found,
        Err(reason) => return Ok(refused(&url, &reason)),
    };
    let several = found.len() > 1;
    for (n, feed) in found.iter().enumerate() {
        if context.json {
            say(&as_json(feed).to_string())?;
        } else {
            show(feed, several.then_some(n + 1))?;
        }
    }
    let chosen = choose(&found, args)?;
    if several && chosen.len() == 1 && args.pick.is_none() {
        complain("several feeds: the first is taken; --pick N takes another, --all every one");
    }
    add(context, &chosen, settings.as_deref())
}

/// What is at the address.
///
/// # Errors
/// A setting that cannot be used. That nothing was found is a value.
pub(super) fn look(
    context: &Context,
    url: &str,
    (kind, access): (Kind, &Access),
) -> anyhow::Result<Result<Vec<Found>, Reason>> {
    let client = pipeline::web_client(context)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        match kind {
            Kind::Feed => discover(&client, url, access).await,
            Kind::Section => Ok(vec![section(&client, url, access).await?]),
        }
    });
    runtime.shutdown_background();
    Ok(found)
}

/// Says why nothing was found, and what to do.
pub(super) fn refused(url: &str, reason: &Reason) -> Exit {
    use ReasonKind as Kind;
    let (remedy, exit) = match reason.kind {
        Kind::Dns | Kind::Connect | Kind::Timeout => (
            "is the network up, the name right? 'feed add --unchecked' adds it without a look",
            Exit::Unavailable,
        ),
        Kind::NotAFeed | Kind::Empty => (
            "try another page of the site, or the feed's own URL; '--kind section' takes the \
                 page itself, for the articles that it links to",
            Exit::NoInput,
        ),
        Kind::NotFound | Kind::Gone => {
            ("try the site's front page: its feed may have moved", Exit::Unavailable)
        }
        Kind::HttpStatus if reason.detail.starts_with("401") => {
            ("it wants to know who asks: see --credential", Exit::Unavailable)
        }
        _ => ("'feed add --unchecked' adds it without a look", Exit::Unavailable),
    };
    complain(&harmless(&format!("{url}: {reason}; {remedy}")));
    exit
}

/// The URLs of those that are to be added.
fn choose(found: &[Found], args: &FeedAddArgs) -> Result<Vec<String>, Usage> {
    let url = |found: &Found| found.url.clone();
    match args.pick {
        _ if args.all => Ok(found.iter().map(url).collect()),
        Some(number) => {
            let chosen = found.get(usize::from(number) - 1);
            let none = || Usage(format!("--pick {number}: there are only {}", found.len()));
            Ok(vec![chosen.map(url).ok_or_else(none)?])
        }
        None => Ok(found.first().map(url).into_iter().collect()),
    }
}

fn add(context: &Context, urls: &[String], settings: Option<&str>) -> anyhow::Result<Exit> {
    let mut edits = Vec::new();
    for url in urls {
        let host = HostKey::of_url(url).ok_or_else(|| Usage(format!("{url}: it has no host")))?;
        edits.push(SourceEdit::Add(NewFeed {
            url: url.clone(),
            host: host.as_str().to_owned(),
            settings: settings.map(str::to_owned),
        }));
    }
    let added = super::edits(context)?.sources(&edits, crate::clock::now())?;
    let reader = Reader::open(&context.database)?;
    for (url, is_new) in urls.iter().zip(&added) {
        let number = reader.feed(url)?.map_or(0, |feed| feed.feed.number());
        if context.json {
            say(&json!({ "url": url, "feed": number, "added": is_new }).to_string())?;
        } else if *is_new {
            let next = "'newsluice run' reads it, a running one within seconds";
            complain(&harmless(&format!("added as feed {number}: {url}; {next}")));
        } else {
            let next = format!("'newsluice feed set {number} …' changes what is decided about it");
            complain(&harmless(&format!("known already as feed {number}: {url}; {next}")));
        }
    }
    Ok(Exit::Done)
}
