//! The contents of one file as inputs: whole, or line by line.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use record::{Reason, ReasonKind};

use crate::sniff::{HEAD, Kind, sniff};
use crate::walk::{Failure, Input, Limits};
use crate::warc_captures::WarcCaptures;

/// What an open file turned out to be.
pub(crate) enum Opened {
    /// One input, or JSON lines.
    Contents(Contents),
    /// An archive.
    Warc(Box<WarcCaptures>),
}

/// Looks at the start of `reader` and tells the kind.
pub(crate) fn open(
    source: String,
    reader: Box<dyn Read + Send>,
    limits: Limits,
) -> io::Result<Opened> {
    let (reader, kind, is_warc) = peeked(reader)?;
    if is_warc {
        let captures = WarcCaptures::of_stream(source, reader, limits.page);
        return Ok(Opened::Warc(Box::new(captures)));
    }
    Contents::new(source, reader, kind, limits).map(Opened::Contents)
}

/// One open file, after gzip was taken off.
pub(crate) struct Contents {
    source: String,
    reader: Option<Box<dyn BufRead + Send>>,
    kind: Kind,
    position: u64,
    limits: Limits,
}

impl Contents {
    /// Takes gzip off and tells the kind of what is in it.
    fn new(
        source: String,
        mut reader: Box<dyn BufRead + Send>,
        mut kind: Kind,
        limits: Limits,
    ) -> io::Result<Self> {
        if kind == Kind::Gzip {
            (reader, kind, _) = peeked(Box::new(MultiGzDecoder::new(reader)))?;
        }
        Ok(Self { source, reader: Some(reader), kind, position: 0, limits })
    }

    fn whole(&mut self, reader: &mut dyn BufRead) -> Result<Input, Failure> {
        let mut bytes = Vec::new();
        let cap = self.limits.file;
        reader
            .take(cap as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| self.failure(unreadable(&e)))?;
        if bytes.len() > cap {
            return Err(self.failure(too_large(cap)));
        }
        let source = self.source.clone();
        Ok(Input { source, position: 0, kind: self.kind, bytes, web: None })
    }

    /// The next line that is not blank; `None` at the end.
    fn line(&mut self, reader: &mut dyn BufRead) -> Option<Result<Input, Failure>> {
        let cap = self.limits.file;
        loop {
            let position = self.position;
            let mut bytes = Vec::new();
            let read = reader.take(cap as u64 + 1).read_until(b'\n', &mut bytes);
            let read = match read {
                Ok(0) => return None,
                Ok(read) => read,
                Err(e) => {
                    self.reader = None;
                    return Some(Err(self.failure(unreadable(&e))));
                }
            };
            self.position += read as u64;
            if read > cap && bytes.last() != Some(&b'\n') {
                match skip_line(reader) {
                    Ok(skipped) => self.position += skipped,
                    Err(e) => return Some(Err(self.failure(unreadable(&e)))),
                }
                return Some(Err(Failure { position, ..self.failure(too_large(cap)) }));
            }
            if !bytes.trim_ascii().is_empty() {
                let source = self.source.clone();
                let kind = Kind::Json;
                return Some(Ok(Input { source, position, kind, bytes, web: None }));
            }
        }
    }

    fn failure(&self, reason: Reason) -> Failure {
        Failure { source: self.source.clone(), position: self.position, url: None, reason }
    }
}

impl Iterator for Contents {
    type Item = Result<Input, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut reader = self.reader.take()?;
        if self.kind == Kind::JsonLines {
            let item = self.line(&mut *reader);
            self.reader = item.is_some().then_some(reader);
            return item;
        }
        Some(self.whole(&mut *reader))
    }
}

/// Most bytes before anything of a Zstandard frame can be unpacked: its header and one block
/// (RFC 8878, 3.1.1.1 and 3.1.1.2.4).
const ZSTD_BLOCK: u64 = 18 + 3 + (128 << 10);

/// The reader with its first bytes looked at but not taken, their kind, and whether an archive
/// begins there, packed or not.
fn peeked(reader: Box<dyn Read + Send>) -> io::Result<(Box<dyn BufRead + Send>, Kind, bool)> {
    let mut reader = reader;
    let mut head = Vec::with_capacity(HEAD);
    (&mut reader).take(HEAD as u64).read_to_end(&mut head)?;
    let kind = sniff(&head);
    if kind == Kind::Zstd {
        (&mut reader).take(ZSTD_BLOCK).read_to_end(&mut head)?;
    }
    let is_warc = match kind {
        Kind::Warc => true,
        Kind::Gzip => begins_as_warc(MultiGzDecoder::new(head.as_slice())),
        // What begins with a dictionary can be told only with it; nothing but archives does.
        Kind::Zstd if head.first() != Some(&0x28) => true,
        Kind::Zstd => {
            zstd::stream::read::Decoder::with_buffer(head.as_slice()).is_ok_and(begins_as_warc)
        }
        _ => false,
    };
    let reader = BufReader::with_capacity(64 << 10, io::Cursor::new(head).chain(reader));
    Ok((Box::new(reader), kind, is_warc))
}

fn begins_as_warc(mut unpacked: impl Read) -> bool {
    let mut start = [0; 5];
    unpacked.read_exact(&mut start).is_ok() && start == *b"WARC/"
}

/// Skips the rest of a line without keeping it; how many bytes that were.
fn skip_line(reader: &mut dyn BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(skipped);
        }
        let end = buffer.iter().position(|b| *b == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(buffer.len());
        reader.consume(taken);
        skipped += taken as u64;
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

pub(crate) fn unreadable(error: &io::Error) -> Reason {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Reason::new(ReasonKind::Unreadable, why)
}

fn too_large(cap: usize) -> Reason {
    Reason::new(ReasonKind::TooLarge, format!("over {cap} bytes"))
}
