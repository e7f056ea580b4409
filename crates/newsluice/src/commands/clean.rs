//! `clean`: one stage alone. A JSON line for each input, in input order; what cannot be
//! cleaned is a line with `error`, and the rest goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use archive::{Failure, Input, Kind, Limits, Walk};
use jiff::Timestamp;
use record::json::RecordJson;
use record::{Page, Reason, Record, RecordId};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::cli::CleanArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::pipeline::{self, Captured, CleanedItem, Envelope};

/// One line of `--list`.
#[derive(Debug, Deserialize)]
struct Listed {
    id: Option<String>,
    path: PathBuf,
    url: Option<String>,
    content_type: Option<String>,
}

/// One line of output.
#[derive(Debug, Serialize)]
struct Line<'a> {
    input: &'a str,
    #[serde(flatten)]
    record: RecordJson,
}

/// One line of output for an input without a record.
#[derive(Debug, Serialize)]
struct ErrorLine<'a> {
    input: &'a str,
    error: String,
    reason: &'static str,
}

/// Cleans every input and prints a line for each.
pub(super) fn run(context: &Context, args: &CleanArgs) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let limits = Limits { file: context.config.clean.text_limit.0, ..Limits::default() };
    let now = crate::clock::now();
    let jobs = context.jobs(None);
    let (to_clean, captured) = channel(jobs);
    let (to_print, cleaned) = channel(jobs);
    let source = Source { args, context, limits, now };
    runtime.block_on(async {
        let (sent, (), printed) = tokio::join!(
            source.send(to_clean),
            pipeline::clean_stage(captured, to_print, jobs, Arc::clone(&context.rules)),
            print(cleaned),
        );
        sent?;
        printed
    })
}

struct Source<'a> {
    args: &'a CleanArgs,
    context: &'a Context,
    limits: Limits,
    now: Timestamp,
}

impl Source<'_> {
    async fn send(self, output: Sender<Envelope<Captured>>) -> anyhow::Result<()> {
        if let Some(list) = &self.args.list {
            return self.send_list(list, &output).await;
        }
        for input in &self.args.inputs {
            if input.starts_with("http://") || input.starts_with("https://") {
                let captured = pipeline::fetch_page(self.context, input).await?;
                let shown = fetch::Credentials::from_url(input).0;
                let envelope = Envelope::new(shown, crate::clock::now());
                if output.send(envelope.with(captured)).await.is_err() {
                    break;
                }
                continue;
            }
            for item in Walk::new([input], self.limits) {
                let (name, at, captured) = match item {
                    Ok(input) => {
                        let at = input.web.as_ref().and_then(|web| web.at).unwrap_or(self.now);
                        (label(&input), at, pipeline::by_kind(input, at))
                    }
                    Err(Failure { source, reason, .. }) => {
                        (stem(&source).to_owned(), self.now, Captured::Failed(reason))
                    }
                };
                let envelope = Envelope::new(name, at).with(captured);
                if output.send(envelope).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn send_list(
        &self,
        list: &Path,
        output: &Sender<Envelope<Captured>>,
    ) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(list).with_context(|| format!("{}", list.display()))?;
        let folder = list.parent().unwrap_or(Path::new(""));
        for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let (name, captured) = match serde_json::from_str::<Listed>(line) {
                Ok(listed) => self.listed(folder, listed),
                Err(e) => {
                    let why = format!("line {}: {e}", number + 1);
                    let reason = Reason::new(record::ReasonKind::Malformed, why);
                    ((number + 1).to_string(), Captured::Failed(reason))
                }
            };
            if output.send(Envelope::new(name, self.now).with(captured)).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    fn listed(&self, folder: &Path, listed: Listed) -> (String, Captured) {
        let path = folder.join(&listed.path);
        let name = listed.id.unwrap_or_else(|| stem(&path.display().to_string()).to_owned());
        let mut walk = Walk::new([&path], self.limits);
        let captured = match walk.next() {
            Some(Ok(input)) => {
                // What the list says of a page wins over what its bytes look like.
                let is_page = listed.content_type.as_deref().is_some_and(|t| t.contains("html"));
                let input = if is_page { Input { kind: Kind::Html, ..input } } else { input };
                pipeline::by_kind(input, self.now)
            }
            Some(Err(failure)) => Captured::Failed(failure.reason),
            None => Captured::Failed(Reason::of(record::ReasonKind::Empty)),
        };
        let captured = match captured {
            Captured::Page(captured) => {
                let (page, hints) = *captured;
                let page = Page { url: listed.url, content_type: listed.content_type, ..page };
                Captured::Page(Box::new((page, hints)))
            }
            other => other,
        };
        (name, captured)
    }
}

/// What an input is called: the file's name without `.gz` and without its extension; a line
/// of JSON lines also has its position.
fn label(input: &Input) -> String {
    let stem = stem(&input.source);
    if input.position == 0 { stem.to_owned() } else { format!("{stem}@{}", input.position) }
}

fn stem(source: &str) -> &str {
    let name = source.rsplit('/').next().unwrap_or(source);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

async fn print(mut cleaned: Receiver<Envelope<CleanedItem>>) -> anyhow::Result<Exit> {
    let (mut good, mut bad) = (0u64, 0u64);
    while let Some(envelope) = cleaned.recv().await {
        let (rest, item) = envelope.split();
        let line = match item {
            CleanedItem::Record(record, _) => {
                good += 1;
                record_line(&rest.name, &record)?
            }
            CleanedItem::Failed(reason) => {
                bad += 1;
                let error = reason.to_string();
                let line = ErrorLine { input: &rest.name, error, reason: reason.kind.code() };
                serde_json::to_string(&line)?
            }
            CleanedItem::Polled(_)
            | CleanedItem::Listed(_)
            | CleanedItem::Known
            | CleanedItem::Unchanged(_) => continue,
        };
        output::say(&line)?;
    }
    Ok(match (good, bad) {
        (_, 0) => Exit::Done,
        (0, _) => Exit::NoInput,
        _ => Exit::SomeFailed,
    })
}

fn record_line(input: &str, record: &Record) -> anyhow::Result<String> {
    let id = RecordId::of(record).to_string();
    let json = RecordJson { id, ..RecordJson::of(record) };
    Ok(serde_json::to_string(&Line { input, record: json })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_gz_and_one_extension() {
        assert_eq!(stem("a/b/page.html.gz"), "page");
        assert_eq!(stem("a.b.txt"), "a.b");
        assert_eq!(stem(".hidden"), ".hidden");
        assert_eq!(stem("-"), "-");
    }
}
