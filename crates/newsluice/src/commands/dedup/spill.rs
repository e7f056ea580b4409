//! The past of a stream that has no database: texts in a temporary file, in memory only
//! where they stand. About a hundred bytes a document.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use dedup::{Known, KnownText, Neighbours};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use record::{ContentHash, Novelty, PageUrl, Record, RecordId, Verdict};

use super::line::Document;

/// Bytes kept in memory before they are written.
const BUFFER: usize = 1 << 20;

/// Bytes of a body that are kept: more than the comparison looks at.
const MAX_BODY: usize = 1 << 19;

/// Texts kept in memory, and the longest of them in bytes.
const CACHE: (u64, usize) = (512, 1 << 15);

/// Where an article's newest text stands, and what must be known of it at once.
#[derive(Debug, Clone, Copy)]
struct Article {
    text: u64,
    id: RecordId,
    root: RecordId,
    hash: ContentHash,
}

/// Where a sketch stands.
#[derive(Debug, Clone, Copy)]
struct Sketched {
    at: u64,
    sequence: u64,
    day: i32,
    article: u32,
}

/// What was judged so far.
#[derive(Debug)]
pub(super) struct Spill {
    file: File,
    /// What the file does not have yet: its bytes from `written` on.
    buffer: Vec<u8>,
    written: u64,
    articles: Vec<Article>,
    /// Every id, which is also the hash of its place.
    numbers: HashMap<RecordId, u32>,
    /// The first article with a text.
    contents: HashMap<ContentHash, u32>,
    sketches: Vec<Sketched>,
    cache: HashMap<u64, (RecordId, Arc<KnownText>)>,
    /// The day of the last dated document: what is undated is taken to be of that day.
    day: Option<Date>,
}

impl Spill {
    /// An empty past, whose file in `folder` is gone with the process.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: anonymous(folder)?,
            buffer: Vec::new(),
            written: 0,
            articles: Vec::new(),
            numbers: HashMap::new(),
            contents: HashMap::new(),
            sketches: Vec::new(),
            cache: HashMap::new(),
            day: None,
        })
    }

    /// The time that stands for a document's capture: its own day, else that of the last
    /// dated one before it.
    pub(super) fn time_of(&mut self, record: &Record) -> Timestamp {
        self.day = record.date.or(self.day);
        self.day
            .and_then(|day| {
                TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
            })
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The id in the input of the first document of this record.
    pub(super) fn name(&mut self, id: RecordId) -> io::Result<String> {
        // Written before the texts that come later: a revision does not change it.
        let Some(number) = self.numbers.get(&id).copied() else { return Ok(String::new()) };
        let at = self.articles.get(number as usize).map_or(0, |article| article.text);
        let [name, ..] = self.fields::<4>(at)?;
        Ok(text(name))
    }

    /// Remembers a judged document.
    pub(super) fn keep(
        &mut self,
        document: &Document,
        verdict: &Verdict,
        sequence: u64,
    ) -> io::Result<()> {
        if verdict.novelty == Novelty::Unchanged {
            return Ok(());
        }
        let record = &document.record;
        let name = match verdict.novelty {
            Novelty::Revision => self.name(verdict.id)?,
            _ => document.id.clone(),
        };
        let body = record.body_text();
        let body = body.get(..body.floor_char_boundary(MAX_BODY)).unwrap_or_default();
        let domain = record.url.as_ref().map_or("", PageUrl::domain);
        let text = self.append(&[&*name, document.title(), body, domain].map(str::as_bytes))?;
        let root = verdict.duplicate.as_ref().map_or(verdict.id, |link| link.of);
        let hash = record.content_hash();
        let article = Article { text, id: verdict.id, root, hash };
        let next = u32::try_from(self.articles.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let number = *self.numbers.entry(verdict.id).or_insert(next);
        match self.articles.get_mut(number as usize) {
            Some(known) => *known = article,
            None => self.articles.push(article),
        }
        self.contents.entry(hash).or_insert(number);
        self.cache.remove(&(verdict.id.0 % CACHE.0));
        if let Some(day) = dedup::sketch_day(&verdict.sketch) {
            let at = self.append(&[&verdict.sketch])?;
            self.sketches.push(Sketched { at, sequence, day, article: number });
        }
        Ok(())
    }

    fn append(&mut self, fields: &[&[u8]]) -> io::Result<u64> {
        let at = self.written + self.buffer.len() as u64;
        for field in fields {
            let len = u32::try_from(field.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
            self.buffer.extend(len.to_le_bytes());
            self.buffer.extend(*field);
        }
        if self.buffer.len() >= BUFFER {
            self.file.seek(SeekFrom::Start(self.written))?;
            self.file.write_all(&self.buffer)?;
            self.written += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(at)
    }

    fn fields<const N: usize>(&mut self, at: u64) -> io::Result<[Vec<u8>; N]> {
        if let Some(skipped) = at.checked_sub(self.written) {
            let mut rest = self.buffer.get(skipped as usize..).unwrap_or_default();
            return fields(&mut rest);
        }
        self.file.seek(SeekFrom::Start(at))?;
        // What is in the file is whole: the buffer is written between documents.
        fields(&mut io::BufReader::with_capacity(8192, &self.file))
    }
}

fn fields<const N: usize>(input: &mut impl Read) -> io::Result<[Vec<u8>; N]> {
    let mut fields = [const { Vec::new() }; N];
    for field in &mut fields {
        let mut len = [0; 4];
        input.read_exact(&mut len)?;
        field.resize(u32::from_le_bytes(len) as usize, 0);
        input.read_exact(field)?;
    }
    Ok(fields)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// A file that nobody else can open, gone when it is closed.
pub(super) fn anonymous(folder: &Path) -> io::Result<File> {
    for attempt in 0..1000 {
        let path = folder.join(format!("newsluice-dedup-{}-{attempt}", std::process::id()));
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        match file {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

impl Known for Spill {
    type Error = io::Error;

    fn id_by_alias(&mut self, alias: &str) -> io::Result<Option<RecordId>> {
        // The id of a URL is the hash of its name, and no other name is known here.
        let id = PageUrl::parse(alias).ok().map(|url| RecordId::of_url(&url));
        Ok(id.filter(|id| self.numbers.contains_key(id)))
    }

    fn is_taken(&mut self, id: RecordId) -> io::Result<bool> {
        Ok(self.numbers.contains_key(&id))
    }

    fn neighbours(&mut self, id: RecordId, _at: Timestamp) -> io::Result<Neighbours> {
        let article = self.numbers.get(&id).and_then(|n| self.articles.get(*n as usize));
        Ok(Neighbours { before: article.map(|article| article.hash), after: None })
    }

    fn ids_by_content(&mut self, hash: ContentHash, limit: usize) -> io::Result<Vec<RecordId>> {
        let first = self.contents.get(&hash).and_then(|n| self.articles.get(*n as usize));
        Ok(first.map(|article| article.id).into_iter().take(limit).collect())
    }

    fn text(&mut self, id: RecordId) -> io::Result<Option<Arc<KnownText>>> {
        let place = id.0 % CACHE.0;
        if let Some((kept, known)) = self.cache.get(&place)
            && *kept == id
        {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(number) = self.numbers.get(&id).copied() else { return Ok(None) };
        let Some(article) = self.articles.get(number as usize).copied() else { return Ok(None) };
        let [_, title, body, domain] = self.fields::<4>(article.text)?.map(text);
        let known =
            Arc::new(KnownText { title, body, domain, lang: None, date: None, root: article.root });
        if known.body.len() <= CACHE.1 {
            self.cache.insert(place, (id, Arc::clone(&known)));
        }
        Ok(Some(known))
    }

    fn sketches(
        &mut self,
        days: RangeInclusive<i32>,
        visit: &mut dyn FnMut(RecordId, u64, &[u8]),
    ) -> io::Result<()> {
        for n in 0..self.sketches.len() {
            let Some(sketched) = self.sketches.get(n).copied() else { break };
            if !days.contains(&sketched.day) {
                continue;
            }
            let [sketch] = self.fields::<1>(sketched.at)?;
            if let Some(article) = self.articles.get(sketched.article as usize) {
                visit(article.id, sketched.sequence, &sketch);
            }
        }
        Ok(())
    }
}
