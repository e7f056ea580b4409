//! Reading records, one after the other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Seek, SeekFrom};
use std::path::Path;

use record::{Reason, ReasonKind};

use crate::warc::{WarcKind, WarcProblem, WarcRecord, field};
use crate::warc_digest;
use crate::warc_header::{self, Header, Trouble};
use crate::warc_members::Members;

/// Bytes read from the disk at once.
const READ_AHEAD: usize = 256 << 10;

/// Room made for a block before it is read.
const MOST_ROOM: usize = 1 << 20;

/// A stream of records. What cannot be read is an item of its own, and the rest goes on as
/// far as it can be found.
///
/// ```
/// use archive::warc::{NewWarcRecord, WarcCompression, WarcKind, WarcReader, WarcWriter};
///
/// let mut writer = WarcWriter::new(Vec::new(), WarcCompression::Gzip);
/// let page = NewWarcRecord {
///     kind: WarcKind::Resource,
///     target: Some("https://example.org/"),
///     date: jiff::Timestamp::UNIX_EPOCH,
///     content_type: "text/html",
///     fields: &[],
///     block: b"<p>It rained.",
/// };
/// writer.write(&page)?;
/// let file = writer.finish()?;
/// let mut reader = WarcReader::new(file.as_slice(), 1 << 20);
/// let record = reader.next().unwrap().unwrap();
/// assert_eq!(record.block, b"<p>It rained.");
/// assert!(reader.next().is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct WarcReader<R: BufRead> {
    members: Members<R>,
    cap: u64,
    /// A version line that was read while looking for the next record.
    found: Option<u64>,
    has_begun: bool,
    has_ended: bool,
}

impl WarcReader<Box<dyn BufRead + Send>> {
    /// Reads a file from the record at `offset`: 0 for all of it. Blocks over `cap` bytes are
    /// skipped.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn open(path: &Path, offset: u64, cap: u64) -> io::Result<Self> {
        let mut reader = Self::starting(from(path, offset)?, offset, cap);
        if offset > 0 {
            // A dictionary stands at the start of the file, and is read on the way to what
            // stands behind it.
            let mut start = Members::new(from(path, 0)?, 0);
            if start.next_member().is_ok() {
                reader.members = reader.members.with_dictionary_of(start);
            }
        }
        Ok(reader)
    }
}

fn from(path: &Path, offset: u64) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    Ok(Box::new(BufReader::with_capacity(READ_AHEAD, file)))
}

impl<R: BufRead> WarcReader<R> {
    /// Reads records from `reader`. Blocks over `cap` bytes are skipped.
    pub fn new(reader: R, cap: u64) -> Self {
        Self::starting(reader, 0, cap)
    }

    fn starting(reader: R, offset: u64, cap: u64) -> Self {
        let members = Members::new(reader, offset);
        Self { members, cap, found: None, has_begun: false, has_ended: false }
    }

    /// The offset of the next version line, which is then read; `None` at the end.
    fn next_version(&mut self) -> Result<Option<u64>, Trouble> {
        let version = self.find_version()?;
        if version.is_some() {
            self.members.begin_record();
        }
        Ok(version)
    }

    fn find_version(&mut self) -> Result<Option<u64>, Trouble> {
        if let Some(offset) = self.found.take() {
            return Ok(Some(offset));
        }
        if !std::mem::replace(&mut self.has_begun, true) && !self.members.next_member()? {
            return Ok(None);
        }
        loop {
            let offset = self.members.offset();
            match warc_header::line(&mut self.members)? {
                Some(line) if line.is_empty() => {}
                Some(line) if warc_header::is_version(&line) => return Ok(Some(offset)),
                Some(_) => return Err(Trouble::Malformed("no WARC record begins here")),
                None if self.members.next_member()? => {}
                None => return Ok(None),
            }
        }
    }

    /// Looks for the next record behind something malformed: in the next member, or at the
    /// next line that begins like one.
    fn recover(&mut self) -> io::Result<()> {
        let is_packed = self.members.is_packed();
        loop {
            let offset = self.members.offset();
            match warc_header::line(&mut self.members)? {
                Some(line) if !is_packed && warc_header::is_version(&line) => {
                    self.found = Some(offset);
                    return Ok(());
                }
                Some(_) => {}
                None => return Ok(()), // the next member is taken by `next_version`
            }
        }
    }

    fn read(&mut self, header: Header, offset: u64) -> Result<WarcRecord, Trouble> {
        // The length is the file's word: no more than what is common is taken on it.
        let room = usize::try_from(header.length).unwrap_or(usize::MAX).min(MOST_ROOM);
        let mut block = Vec::with_capacity(room);
        self.pass(header.length, &mut |bytes| block.extend_from_slice(bytes))?;
        let Header { fields, .. } = header;
        let date = field(&fields, "WARC-Date").and_then(warc_header::date);
        let target = field(&fields, "WARC-Target-URI");
        let target = target.map(|uri| uri.trim_matches(['<', '>']).to_owned());
        let kind = WarcKind::from_name(field(&fields, "WARC-Type").unwrap_or_default());
        let digest = warc_digest::check(&fields, &block);
        Ok(WarcRecord { offset, kind, date, target, fields, block, digest })
    }

    /// Hands the next `length` bytes on.
    fn pass(&mut self, length: u64, take: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        let mut left = length;
        while left > 0 {
            let bytes = self.members.fill()?;
            if bytes.is_empty() {
                return Err(Trouble::Malformed("the record is cut short"));
            }
            let n = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            take(bytes.get(..n).unwrap_or_default());
            self.members.consume(n);
            left -= n as u64;
        }
        Ok(())
    }

    fn next_item(&mut self) -> Result<Option<WarcRecord>, (u64, Trouble)> {
        let before = self.members.offset();
        let Some(offset) = self.next_version().map_err(|trouble| (before, trouble))? else {
            return Ok(None);
        };
        let at = |trouble| (offset, trouble);
        let header = warc_header::read(&mut self.members).map_err(at)?;
        if header.length > self.cap {
            self.pass(header.length, &mut |_| ()).map_err(at)?;
            return Err((offset, Trouble::TooLarge(header.length)));
        }
        self.read(header, offset).map(Some).map_err(at)
    }
}

impl<R: BufRead> Iterator for WarcReader<R> {
    type Item = Result<WarcRecord, WarcProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let (offset, trouble) = match self.next_item() {
            Ok(Some(record)) => return Some(Ok(record)),
            Ok(None) => {
                self.has_ended = true;
                return None;
            }
            Err(problem) => problem,
        };
        let reason = match trouble {
            Trouble::TooLarge(length) => {
                Reason::new(ReasonKind::TooLarge, format!("a record of {length} bytes"))
            }
            Trouble::Malformed(what) => {
                self.has_ended = self.recover().is_err();
                Reason::new(ReasonKind::Malformed, what)
            }
            Trouble::Io(error) => {
                // Nothing says where the next member would begin.
                self.has_ended = true;
                let kind = match error.kind() {
                    ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                        ReasonKind::Malformed
                    }
                    _ => ReasonKind::Unreadable,
                };
                Reason::new(kind, format!("the file cannot be read on from here: {error}"))
            }
        };
        Some(Err(WarcProblem { offset, reason }))
    }
}

impl<R: BufRead> std::fmt::Debug for WarcReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WarcReader").field("offset", &self.members.offset()).finish_non_exhaustive()
    }
}
