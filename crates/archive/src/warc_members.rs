//! The members of an archive file: gzip members and zstd frames one at a time, so that each
//! one's offset is known; a plain file is one member.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread;
use zstd::stream::read::Decoder as Zstd;

/// Decoded bytes held at once.
const BUFFER: usize = 64 << 10;

/// Largest dictionary taken, packed and unpacked.
const MAX_DICTIONARY: u64 = 16 << 20;

/// Counts what is taken out of a reader.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.count += n as u64;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        self.count += amount as u64;
    }
}

#[expect(clippy::disallowed_types, reason = "one member at a time: its offset names the record")]
type Gzip<R> = bufread::GzDecoder<R>;

enum State<R: BufRead> {
    Between(Counted<R>),
    Plain(Counted<R>),
    Gzip(Box<Gzip<Counted<R>>>),
    Zstd(Box<Zstd<'static, Counted<R>>>),
    Ended,
}

/// A reader of members: [`next_member`](Self::next_member) moves to the next one, `fill` and
/// `consume` read within it.
pub(crate) struct Members<R: BufRead> {
    state: State<R>,
    dictionary: Vec<u8>,
    buffer: Box<[u8]>,
    at: usize,
    len: usize,
    start: u64,
    taken: u64,
    /// Records that began in this member before.
    begun: u64,
}

impl<R: BufRead> Members<R> {
    pub(crate) fn new(inner: R, offset: u64) -> Self {
        Self {
            state: State::Between(Counted { inner, count: offset }),
            dictionary: Vec::new(),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            at: 0,
            len: 0,
            start: offset,
            taken: 0,
            begun: 0,
        }
    }

    /// Where what is read next can be found again.
    pub(crate) fn offset(&self) -> u64 {
        self.start + if self.is_packed() { self.begun } else { self.taken }
    }

    /// Takes note that a record begins here.
    pub(crate) fn begin_record(&mut self) {
        self.begun += 1;
    }

    /// Reads on from here in a file whose dictionary stands in another place: at its start.
    pub(crate) fn with_dictionary_of(mut self, other: Self) -> Self {
        self.dictionary = other.dictionary;
        self
    }

    /// Is a member a record of its own here, so that the next one can be read whatever is
    /// wrong with this one?
    pub(crate) fn is_packed(&self) -> bool {
        matches!(self.state, State::Gzip(_) | State::Zstd(_))
    }

    /// Decoded bytes of this member: empty at its end.
    pub(crate) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at == self.len {
            self.at = 0;
            self.len = 0;
            self.len = loop {
                let read = match &mut self.state {
                    State::Plain(reader) => reader.read(&mut self.buffer),
                    State::Gzip(reader) => reader.read(&mut self.buffer),
                    State::Zstd(reader) => reader.read(&mut self.buffer),
                    State::Between(_) | State::Ended => Ok(0),
                };
                match read {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    read => break read?,
                }
            };
        }
        Ok(self.buffer.get(self.at..self.len).unwrap_or_default())
    }

    pub(crate) fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.len);
        self.taken += amount as u64;
    }

    /// Moves to the next member; false at the end of the file.
    pub(crate) fn next_member(&mut self) -> io::Result<bool> {
        self.at = 0;
        self.len = 0;
        let mut reader = match std::mem::replace(&mut self.state, State::Ended) {
            State::Between(reader) => reader,
            State::Gzip(decoder) => decoder.into_inner(),
            State::Zstd(decoder) => decoder.finish(),
            State::Plain(_) | State::Ended => return Ok(false),
        };
        loop {
            let Some(&first) = reader.fill_buf()?.first() else { return Ok(false) };
            (self.start, self.taken, self.begun) = (reader.count, 0, 0);
            match first {
                0 => reader.consume(1), // padding
                0x1f => {
                    self.state = State::Gzip(Box::new(gzip(reader)));
                    return Ok(true);
                }
                0x28 => {
                    let decoder = Zstd::with_dictionary(reader, &self.dictionary)?.single_frame();
                    self.state = State::Zstd(Box::new(decoder));
                    return Ok(true);
                }
                b'W' | b'\r' | b'\n' => {
                    self.state = State::Plain(reader);
                    return Ok(true);
                }
                0x50..=0x5f => self.skip_frame(&mut reader)?,
                _ => {
                    return Err(io::Error::new(ErrorKind::InvalidData, "neither WARC nor packed"));
                }
            }
        }
    }

    /// A zstd frame that is no data: the dictionary of the file, or nothing of interest.
    fn skip_frame(&mut self, reader: &mut Counted<R>) -> io::Result<()> {
        const DICTIONARY: u32 = 0x184d_2a5d;
        let (mut magic, mut size) = ([0; 4], [0; 4]);
        reader.read_exact(&mut magic)?;
        reader.read_exact(&mut size)?;
        let size = u64::from(u32::from_le_bytes(size));
        let mut content = reader.by_ref().take(size);
        if u32::from_le_bytes(magic) != DICTIONARY || size > MAX_DICTIONARY {
            io::copy(&mut content, &mut io::sink())?;
            return Ok(());
        }
        let mut dictionary = Vec::new();
        content.read_to_end(&mut dictionary)?;
        if dictionary.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let mut unpacked = Vec::new();
            let decoder = Zstd::with_buffer(dictionary.as_slice())?;
            decoder.take(MAX_DICTIONARY).read_to_end(&mut unpacked)?;
            dictionary = unpacked;
        }
        self.dictionary = dictionary;
        Ok(())
    }
}

#[expect(clippy::disallowed_types, reason = "one member at a time: its offset names the record")]
fn gzip<R: BufRead>(reader: R) -> Gzip<R> {
    bufread::GzDecoder::new(reader)
}
