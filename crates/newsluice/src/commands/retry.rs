//! `retry`: dead letters to the frontier again.

use record::ReasonKind;
use serde_json::json;
use store::{DeadLetters, Edits, Reader};

use crate::cli::RetryArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output;

/// Puts the chosen ones to the frontier, beside a running daemon too; with `--dry-run` only
/// tells which they are.
pub(super) fn run(context: &Context, args: &RetryArgs) -> anyhow::Result<Exit> {
    let which = which(args)?;
    if args.dry_run {
        return list(context, &which);
    }
    let mut edits = Edits::open(&context.database, context.config.store.busy_timeout.0)?;
    let count = edits.retry(&which, crate::clock::now())?;
    if context.json {
        output::say(&json!({ "retried": count }).to_string())?;
    } else if !context.quiet {
        let next = "'run' fetches them: one that is running at once";
        output::complain(&format!("{count} pages wait again; {next}"));
    }
    Ok(if count == 0 { Exit::NotFound } else { Exit::Done })
}

fn which(args: &RetryArgs) -> Result<DeadLetters, Usage> {
    if let Some(code) = args.reason.as_deref().filter(|code| ReasonKind::from_code(code).is_none())
    {
        let likeness = |kind: &ReasonKind| (strsim::jaro_winkler(kind.code(), code), kind.code());
        let nearest = ReasonKind::ALL.iter().map(likeness).max_by(|a, b| a.0.total_cmp(&b.0));
        return Err(Usage(format!(
            "no reason is called '{code}'; did you mean '{}'? 'newsluice status' shows those \
             that occur",
            nearest.map_or("", |(_, code)| code)
        )));
    }
    Ok(DeadLetters {
        reason: args.reason.clone(),
        host: args.host.clone(),
        feed: args.feed.clone(),
        url: args.url.clone(),
    })
}

/// One line each: URL and reason.
fn list(context: &Context, which: &DeadLetters) -> anyhow::Result<Exit> {
    let mut gone = None;
    let count = Reader::open(&context.database)?.dead_letters(which, &mut |letter| {
        if gone.is_some() {
            return;
        }
        let line = if context.json {
            let store::DeadLetter { url, reason, detail } = letter;
            json!({ "url": url, "reason": reason, "detail": detail }).to_string()
        } else {
            output::harmless(&format!("{} ({}) {}", letter.url, letter.reason, letter.detail))
        };
        gone = output::say(line.trim_end()).err();
    })?;
    if let Some(error) = gone {
        return Err(error.into());
    }
    if !context.quiet && !context.json {
        output::complain(&format!("{count} pages would wait again"));
    }
    Ok(if count == 0 { Exit::NotFound } else { Exit::Done })
}
