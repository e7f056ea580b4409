//! What `backfill` finds before it fetches pages: sitemaps and their indexes, the pages of paged
//! and archived feeds (RFC 5005), and the pages that feeds have by parameters of their URL.
//!
//! One list after the other is asked for and read. What it lists goes to the frontier, and the
//! lists that it leads to are added, in one transaction with its end: a survey that was stopped
//! goes on with the lists that it has not read. Lists that lead in circles, repeat each other or
//! never end come to an end here, and a note says so.

mod ask;
mod document;
mod filter;
mod paging;
mod politeness;
mod take;

use std::collections::{BTreeMap, HashSet, VecDeque};

use fetch::{Client, HostKey};
use record::{ContentHash, Reason, ReasonKind};
use store::{Edits, List, RunId};

use crate::shutdown::Shutdown;
use ask::ask;
use document::Document;
pub(crate) use filter::{Filter, speaks};
pub(crate) use politeness::Cost;
use politeness::Vouching;

/// Most lists that may lead to a list: the protocol of sitemaps knows two.
const MAX_DEPTH: u32 = 4;

/// Bounds on a survey.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most lists read.
    pub(crate) lists: u64,
    /// Most pages taken.
    pub(crate) pages: u64,
}

/// Where its state is kept.
pub(crate) enum Book {
    /// With the run.
    Run(Edits, RunId),
    /// Nowhere: a plan.
    Plan,
}

/// What a survey found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Lists read.
    pub(crate) lists: u64,
    /// Lists that could not be read.
    pub(crate) failed: u64,
    /// Pages that are wanted.
    pub(crate) pages: u64,
    /// Those of them that were not known.
    pub(crate) new: u64,
    /// Pages that a filter took.
    pub(crate) filtered: u64,
    /// Pages on other hosts that may not be listed there.
    pub(crate) foreign: u64,
    /// Pages that are wanted, by host.
    pub(crate) hosts: BTreeMap<HostKey, u64>,
    /// Was it stopped before its end?
    pub(crate) stopped: bool,
}

/// A survey under way.
pub(crate) struct Survey<'a> {
    client: &'a Client,
    filter: &'a Filter,
    limits: Limits,
    book: Book,
    waiting: VecDeque<List>,
    /// URLs of all lists so far.
    seen: HashSet<String>,
    /// What each list listed.
    contents: HashSet<ContentHash>,
    /// Names of the pages of feeds so far, hashed.
    names: HashSet<ContentHash>,
    next_number: u64,
    vouching: Vouching,
    found: Found,
    /// Says something to people.
    say: &'a mut dyn FnMut(String),
}

impl<'a> Survey<'a> {
    /// Takes up the survey of this run, or begins with these lists.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn new(
        (client, filter): (&'a Client, &'a Filter),
        limits: Limits,
        mut book: Book,
        seeds: &[String],
        say: &'a mut dyn FnMut(String),
    ) -> Result<Self, store::StoreError> {
        let known = match &mut book {
            Book::Run(edits, run) => edits.lists(*run)?,
            Book::Plan => Vec::new(),
        };
        let mut survey = Self {
            client,
            filter,
            limits,
            book,
            waiting: VecDeque::new(),
            seen: HashSet::new(),
            contents: HashSet::new(),
            names: HashSet::new(),
            next_number: known.len() as u64,
            vouching: Vouching::default(),
            found: Found::default(),
            say,
        };
        for list in known {
            survey.seen.insert(list.url.clone());
            survey.contents.extend(list.content);
            if !list.is_done {
                survey.waiting.push_back(list);
            }
        }
        let begin = survey.lists_of(seeds.iter().cloned(), None, false);
        if let Book::Run(edits, run) = &mut survey.book {
            edits.add_lists(*run, &begin)?;
        }
        survey.waiting.extend(begin);
        Ok(survey)
    }

    /// Reads lists until none is left, or a stop is asked for.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn run(mut self, shutdown: &Shutdown) -> Result<Found, store::StoreError> {
        while let Some(list) = self.waiting.pop_front() {
            if self.found.lists >= self.limits.lists || self.found.pages >= self.limits.pages {
                self.note(
                    &list,
                    "stopped here: as many lists or pages as --max-lists and \
                    --max-pages allow; raise them to go on",
                );
                break;
            }
            let document = tokio::select! {
                biased;
                () = shutdown.requested() => {
                    self.found.stopped = true;
                    break;
                }
                document = ask(self.client, &list) => document,
            };
            self.end(list, document).await?;
        }
        Ok(self.found)
    }

    async fn end(
        &mut self,
        mut list: List,
        document: Result<Document, Reason>,
    ) -> Result<(), store::StoreError> {
        let (entries, next) = match document {
            Ok(document) => {
                self.found.lists += 1;
                list.content = Some(document.content());
                self.take(&list, document).await
            }
            Err(reason) if list.is_guess && is_an_end(&reason) => {
                (Vec::new(), self.other_guess(&list))
            }
            Err(reason) => {
                self.found.failed += 1;
                self.note(&list, &reason.to_string());
                (Vec::new(), Vec::new())
            }
        };
        self.contents.extend(list.content);
        for entry in &entries {
            *self.found.hosts.entry(HostKey::from_stored(&entry.host)).or_default() += 1;
        }
        self.found.pages += entries.len() as u64;
        if let Book::Run(edits, run) = &mut self.book {
            let now = crate::clock::now();
            self.found.new += edits.end_list(*run, &list, &entries, &next, now)? as u64;
        }
        self.waiting.extend(next);
        Ok(())
    }

    /// After a guess that was answered with what was read: the next one, if there is one.
    fn after_repeat(&mut self, list: &List) -> Vec<List> {
        let other = self.other_guess(list);
        if other.is_empty() {
            self.note(list, "repeats what was read: no older pages there");
        }
        other
    }

    /// After a guess that led nowhere: the next one at the same place, if there is one.
    fn other_guess(&mut self, list: &List) -> Vec<List> {
        match paging::other(&list.url) {
            Some(url) => self.lists_of(std::iter::once(url), Some(list), true),
            None => Vec::new(),
        }
    }

    /// Lists that were not met before, as they are added.
    fn lists_of(
        &mut self,
        urls: impl Iterator<Item = String>,
        via: Option<&List>,
        is_guess: bool,
    ) -> Vec<List> {
        // Pages of a feed follow one another: they do not lie deeper.
        let deeper =
            |list: &List| list.depth + u32::from(!is_guess && !paging::is_paged(&list.url));
        let depth = via.map_or(0, deeper);
        let mut lists = Vec::new();
        for url in urls {
            let is_deep = depth > MAX_DEPTH && via.is_some_and(|via| !via.is_guess);
            if is_deep || !self.seen.insert(url.clone()) {
                continue;
            }
            let via = via.map(|list| list.url.clone());
            let number = self.next_number;
            self.next_number += 1;
            lists.push(List { number, url, via, depth, is_guess, is_done: false, content: None });
        }
        lists
    }

    /// Lists of an index that it may list.
    async fn own(&mut self, list: &List, urls: Vec<String>) -> Vec<String> {
        let mut own = Vec::new();
        for url in urls {
            if self.is_own(list, &url).await {
                own.push(url);
            } else {
                self.found.foreign += 1;
            }
        }
        own
    }

    /// May the list speak for this URL? For those of its own host, and of hosts whose robots.txt
    /// names it.
    async fn is_own(&mut self, list: &List, url: &str) -> bool {
        let names = [Some(list.url.as_str()), list.via.as_deref()];
        self.vouching.is_own(self.client, &names, url).await
    }

    fn note(&mut self, list: &List, what: &str) {
        (self.say)(format!("{}: {what}", list.url));
    }
}

/// The reasons that end the pages of a feed where the next one was only supposed to exist.
fn is_an_end(reason: &Reason) -> bool {
    use ReasonKind::{Empty, Gone, HttpStatus, Malformed, NotAFeed, NotFound, RedirectLoop};
    matches!(
        reason.kind,
        Empty | Gone | HttpStatus | NotAFeed | NotFound | RedirectLoop | Malformed
    )
}
