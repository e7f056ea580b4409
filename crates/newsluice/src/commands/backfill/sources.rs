//! What `backfill` is given: archives, lists on the web, lists in files.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fetch::{Credentials, HostKey};
use jiff::Timestamp;
use record::{ContentHash, PageUrl};
use store::FoundEntry;

use super::capture_list::{self, Line};
use crate::exit::Usage;
use crate::output::complain;

/// Sources by what they are.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// WARC files and folders of them.
    pub(super) archives: Vec<PathBuf>,
    /// Sitemaps, feeds, sites.
    pub(super) seeds: Vec<String>,
    /// Pages that a file lists.
    pub(super) pages: Vec<Listed>,
}

/// A page that a file lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) url: String,
    /// When it was captured, where the list says so.
    pub(super) at: Option<Timestamp>,
}

impl Listed {
    /// On its way to the frontier.
    pub(super) fn entry(&self, now: Timestamp) -> Option<FoundEntry> {
        let name = PageUrl::parse(&self.url).ok()?.identity();
        let host = HostKey::of_url(&self.url)?.as_str().to_owned();
        Some(FoundEntry {
            guid: self.url.clone(),
            fingerprint: ContentHash::of_bytes(name.as_bytes()),
            name,
            url: Some(self.url.clone()),
            host,
            payload: None,
            is_foreign: false,
            due_at: now,
        })
    }
}

/// Why an address with a password is not taken.
const NO_PASSWORDS: &str = "a password in the address would be kept in the database; leave it out";

/// What is no list of pages, in a file and on standard input.
const NO_LIST: &str = "neither an archive nor a list of URLs in UTF-8; give one URL a line";
const NO_LIST_PIPED: &str = "not a list of URLs in UTF-8; give one a line, or read an archive on \
    standard input with 'newsluice replay -'";

/// Longest line of a list.
const MAX_LINE: usize = 64 << 10;

impl Sources {
    /// Tells them apart: addresses of the web, folders and archives, and files with a page a
    /// line.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn of(given: &[String]) -> anyhow::Result<Self> {
        let mut sources = Self::default();
        for source in given {
            let path = Path::new(source);
            if source.starts_with("http://") || source.starts_with("https://") {
                let (shown, secret) = Credentials::from_url(source);
                if secret.is_some() {
                    return Err(Usage(format!("{shown}: {NO_PASSWORDS}")).into());
                }
                sources.seeds.push(source.clone());
            } else if source == "-" {
                sources.read_list(source, std::io::stdin().lock())?;
            } else if path.is_dir() || is_archive(path).with_context(|| source.clone())? {
                sources.archives.push(path.to_owned());
            } else {
                let file = File::open(path).with_context(|| source.clone())?;
                sources.read_list(source, BufReader::new(file))?;
            }
        }
        Ok(sources)
    }

    /// Is there anything to ask the web for?
    pub(super) fn ask_the_web(&self) -> bool {
        !self.seeds.is_empty() || !self.pages.is_empty()
    }

    fn read_list(&mut self, name: &str, mut lines: impl BufRead) -> anyhow::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            let mut limited = std::io::Read::take(&mut lines, MAX_LINE as u64);
            let read = limited.read_line(&mut line).map_err(|error| match error.kind() {
                ErrorKind::InvalidData if name == "-" => no_list("-", NO_LIST_PIPED),
                ErrorKind::InvalidData => no_list(name, NO_LIST),
                _ => anyhow::Error::new(error).context(name.to_owned()),
            });
            if read? == 0 {
                return Ok(());
            }
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match capture_list::line(text) {
                Some(Line::Page(listed)) => self.pages.push(listed),
                Some(Line::NoPage) => {}
                None => match PageUrl::parse(text) {
                    Ok(_) if Credentials::from_url(text).1.is_some() => {
                        let shown = Credentials::from_url(text).0;
                        complain(&format!("{name}: {shown}: {NO_PASSWORDS}; skipped"));
                    }
                    Ok(_) => self.pages.push(Listed { url: text.to_owned(), at: None }),
                    Err(e) => {
                        let shown = Credentials::from_url(text).0;
                        complain(&format!("{name}: {shown}: {e}; skipped"));
                    }
                },
            }
        }
    }
}

fn no_list(name: &str, why: &str) -> anyhow::Error {
    Usage(format!("{name}: {why}")).into()
}

/// Is this an archive, by its first bytes or its name?
fn is_archive(path: &Path) -> std::io::Result<bool> {
    let mut head = [0; 16];
    let n = std::io::Read::read(&mut File::open(path)?, &mut head)?;
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let is_named = name.is_some_and(|name| name.contains(".warc"));
    let packed = [archive::Kind::Warc, archive::Kind::Gzip, archive::Kind::Zstd];
    let kind = archive::sniff(head.get(..n).unwrap_or_default());
    Ok(is_named || packed.contains(&kind))
}
