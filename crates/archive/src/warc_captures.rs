//! The pages of an archive: its answers one after the other, what is no page passed over.

use std::io::{self, BufRead};
use std::path::Path;

use record::{Reason, ReasonKind};

use crate::sniff::{Kind, sniff};
use crate::walk::{Failure, Input, Web};
use crate::warc::{DigestCheck, NOTE_TYPE, WarcKind, WarcProblem, WarcReader, WarcRecord};
use crate::warc_payloads::Payloads;

type Reader = WarcReader<Box<dyn BufRead + Send>>;
type Item = Result<WarcRecord, WarcProblem>;

/// Room in a record beside its body: the HTTP header, and what packs badly.
const BESIDE_BODY: u64 = 256 << 10;

/// An archive that is being read.
pub(crate) struct WarcCaptures {
    source: String,
    reader: Reader,
    /// The first record, where it was read to see whether reading can begin there.
    first: Option<Item>,
    /// What stands before is not wanted.
    start: u64,
    cap: usize,
    /// The last note, and the id of the answer that it is about.
    note: Option<(String, Vec<u8>)>,
    passed_over: u64,
}

/// The cap on a record whose body is to have at most `page` bytes.
pub(crate) fn record_cap(page: usize) -> u64 {
    page as u64 + BESIDE_BODY
}

impl WarcCaptures {
    /// Of a file, from the record at `start` on.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub(crate) fn of_file(source: String, path: &Path, start: u64, cap: usize) -> io::Result<Self> {
        let (mut reader, mut first) = (Self::open(path, start, cap)?, None);
        if start > 0 {
            first = reader.next().filter(|item| item.as_ref().is_ok_and(|r| r.offset == start));
            if first.is_none() {
                // Packed as a whole, or damaged there: the way leads through what is before.
                reader = Self::open(path, 0, cap)?;
            }
        }
        Ok(Self { first, start, ..Self::new(source, reader, cap) })
    }

    /// Of a stream, from its beginning.
    pub(crate) fn of_stream(source: String, reader: Box<dyn BufRead + Send>, cap: usize) -> Self {
        Self::new(source, WarcReader::new(reader, record_cap(cap)), cap)
    }

    fn new(source: String, reader: Reader, cap: usize) -> Self {
        Self { source, reader, first: None, start: 0, cap, note: None, passed_over: 0 }
    }

    fn open(path: &Path, offset: u64, cap: usize) -> io::Result<Reader> {
        WarcReader::open(path, offset, record_cap(cap))
    }

    /// The next page, or why there is none where one should be.
    pub(crate) fn next_capture(
        &mut self,
        payloads: &mut Payloads,
    ) -> Option<Result<Input, Failure>> {
        loop {
            let record = match self.first.take().or_else(|| self.reader.next())? {
                Ok(record) => record,
                Err(WarcProblem { offset, .. }) if offset < self.start => continue,
                Err(WarcProblem { offset, reason }) => {
                    return Some(Err(self.failure(offset, None, reason)));
                }
            };
            payloads.meet(&record);
            if record.offset < self.start {
                continue;
            }
            let is_note = is_note(&record);
            match self.capture(record, payloads) {
                Ok(None) => self.passed_over += u64::from(!is_note),
                Ok(Some(input)) => return Some(Ok(input)),
                Err(failure) => return Some(Err(failure)),
            }
        }
    }

    /// How many records were passed over since this was last asked.
    pub(crate) fn take_passed_over(&mut self) -> u64 {
        std::mem::take(&mut self.passed_over)
    }

    fn failure(&self, position: u64, url: Option<String>, reason: Reason) -> Failure {
        Failure { source: self.source.clone(), position, url, reason }
    }

    /// The page of a record; `None` where it is none.
    fn capture(
        &mut self,
        record: WarcRecord,
        payloads: &mut Payloads,
    ) -> Result<Option<Input>, Failure> {
        let (offset, url) = (record.offset, record.target.clone());
        if is_note(&record) {
            let about = record.field("WARC-Refers-To").map(plain_id);
            let Some(about) = about else { return self.alone(record).map(Some) };
            self.note = Some((about, record.block));
            return Ok(None);
        }
        let is_wanted =
            matches!(record.kind, WarcKind::Response | WarcKind::Resource | WarcKind::Revisit);
        let Some(url) = url.filter(|url| is_wanted && is_http(url)) else { return Ok(None) };
        let id = record.field("WARC-Record-ID").map(plain_id);
        let note = self.note.take().filter(|(about, _)| Some(about) == id.as_ref());
        let note = note.map(|(_, note)| note);
        let at = record.date;
        let document = match &note {
            Some(_) => self.noted(record).map(Some),
            None => self.document(record, payloads),
        };
        let document =
            document.map_err(|reason| self.failure(offset, Some(url.clone()), reason))?;
        Ok(document.map(|Document { kind, content_type, bytes }| Input {
            source: self.source.clone(),
            position: offset,
            kind,
            bytes,
            web: Some(Web { url, content_type, at, note }),
        }))
    }

    /// A note that stands for itself.
    fn alone(&self, record: WarcRecord) -> Result<Input, Failure> {
        let WarcRecord { offset, date: at, target, block, digest, .. } = record;
        if digest == DigestCheck::Differs {
            return Err(self.failure(offset, target, damaged()));
        }
        let url = target.unwrap_or_default();
        Ok(Input {
            source: self.source.clone(),
            position: offset,
            kind: Kind::Note,
            bytes: block,
            web: Some(Web { url, content_type: None, at, note: None }),
        })
    }

    /// A document by the word of its recorder, whatever it looks like.
    fn noted(&self, record: WarcRecord) -> Result<Document, Reason> {
        if record.digest == DigestCheck::Differs {
            return Err(damaged());
        }
        let answer = record.into_answer(self.cap)?;
        let content_type = answer.header("Content-Type").map(str::to_owned);
        Ok(Document { kind: Kind::Html, content_type, bytes: answer.body })
    }

    fn document(
        &self,
        record: WarcRecord,
        payloads: &mut Payloads,
    ) -> Result<Option<Document>, Reason> {
        if record.digest == DigestCheck::Differs {
            return Err(damaged());
        }
        match record.kind {
            WarcKind::Resource => {
                let content_type = record.field("Content-Type").map(str::to_owned);
                if record.block.len() > self.cap {
                    let detail = format!("a body over {} bytes", self.cap);
                    return Err(Reason::new(ReasonKind::TooLarge, detail));
                }
                Ok(Document::new(content_type, record.block))
            }
            WarcKind::Revisit => {
                let original = payloads.original(&record)?;
                answered(original, self.cap)
            }
            _ => answered(record, self.cap),
        }
    }
}

fn damaged() -> Reason {
    let detail = "the record is not what its digest says: damaged or cut";
    Reason::new(ReasonKind::Malformed, detail)
}

/// A document that may be an article, or a feed.
struct Document {
    kind: Kind,
    content_type: Option<String>,
    bytes: Vec<u8>,
}

impl Document {
    /// `None` for media that are none, by what they say they are and by their bytes.
    fn new(content_type: Option<String>, bytes: Vec<u8>) -> Option<Self> {
        let media = content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        let media = media.split(';').next().unwrap_or_default().trim();
        let kind = match (sniff(&bytes), media) {
            (Kind::Empty, _) => Kind::Empty,
            (kind @ (Kind::Xml | Kind::Json | Kind::JsonLines), _) => kind,
            (_, "text/html" | "application/xhtml+xml") | (Kind::Html, "" | "text/plain") => {
                Kind::Html
            }
            _ => return None,
        };
        Some(Self { kind, content_type, bytes })
    }
}

/// The document of an answer; `None` for one that is an error or a redirect.
fn answered(record: WarcRecord, cap: usize) -> Result<Option<Document>, Reason> {
    let answer = record.into_answer(cap)?;
    if !matches!(answer.status, 200 | 203) {
        return Ok(None);
    }
    let content_type = answer.header("Content-Type").map(str::to_owned);
    Ok(Document::new(content_type, answer.body))
}

fn is_http(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn is_note(record: &WarcRecord) -> bool {
    record.kind == WarcKind::Metadata && record.field("Content-Type") == Some(NOTE_TYPE)
}

fn plain_id(id: &str) -> String {
    id.trim_matches(['<', '>']).to_owned()
}
