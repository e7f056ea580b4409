//! gzip (RFC 1952) and deflate (RFC 1950, 1951), pushed in as they come.

use std::io::{self, Write};

use flate2::{Decompress, FlushDecompress, Status, write::GzDecoder};

use crate::decode::Sink;

/// More members than any real file has; each costs a new decoder.
const MAX_MEMBERS: usize = 10_000;

/// A gzip stream of one or more members (RFC 1952 2.2). Bytes after the last member that are no
/// gzip are ignored, as gzip itself does: some servers pad.
pub(crate) struct Gunzip {
    member: GzDecoder<Sink>,
    members: usize,
    begun: bool,
    padding: bool,
}

impl Gunzip {
    pub(crate) fn new(sink: Sink) -> Self {
        Self { member: GzDecoder::new(sink), members: 0, begun: false, padding: false }
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some(first) = bytes.first() {
            if self.padding {
                return Ok(());
            }
            if !self.begun && self.members > 0 && *first != 0x1f {
                self.padding = true;
                return Ok(());
            }
            self.begun = true;
            match self.member.write(bytes)? {
                0 => self.next_member()?,
                taken => bytes = bytes.get(taken..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    fn next_member(&mut self) -> io::Result<()> {
        self.member.try_finish()?;
        self.members += 1;
        if self.members >= MAX_MEMBERS {
            return Err(io::Error::other("more than 10000 members"));
        }
        let sink = std::mem::take(self.member.get_mut());
        self.member = GzDecoder::new(sink);
        self.begun = false;
        Ok(())
    }

    /// Did the last member come to its end, with the right length and checksum?
    pub(crate) fn is_complete(&mut self) -> bool {
        self.padding || (!self.begun && self.members > 0) || self.member.try_finish().is_ok()
    }

    pub(crate) fn sink(&self) -> &Sink {
        self.member.get_ref()
    }

    pub(crate) fn sink_mut(&mut self) -> &mut Sink {
        self.member.get_mut()
    }
}

/// `deflate` as it is found: zlib-wrapped as the standard says, or raw as some servers send it.
pub(crate) struct Inflate {
    state: Option<Decompress>,
    head: Vec<u8>,
    sink: Sink,
    buffer: Vec<u8>,
    complete: bool,
}

impl Inflate {
    pub(crate) fn new(sink: Sink) -> Self {
        let buffer = vec![0; 32 * 1024];
        Self { state: None, head: Vec::new(), sink, buffer, complete: false }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.state.is_some() {
            return self.inflate(bytes);
        }
        self.head.extend_from_slice(bytes);
        let [first, second, ..] = *self.head.as_slice() else { return Ok(()) };
        self.state = Some(Decompress::new(is_zlib(first, second)));
        let head = std::mem::take(&mut self.head);
        self.inflate(&head)
    }

    fn inflate(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let Some(state) = &mut self.state else { return Ok(()) };
        while !self.complete {
            let (taken, made) = (state.total_in(), state.total_out());
            let status = state.decompress(bytes, &mut self.buffer, FlushDecompress::None)?;
            let taken = (state.total_in() - taken) as usize;
            let made = (state.total_out() - made) as usize;
            self.sink.write_all(self.buffer.get(..made).unwrap_or_default())?;
            bytes = bytes.get(taken..).unwrap_or_default();
            self.complete = status == Status::StreamEnd;
            if taken == 0 && made == 0 {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(crate) fn sink(&self) -> &Sink {
        &self.sink
    }

    pub(crate) fn sink_mut(&mut self) -> &mut Sink {
        &mut self.sink
    }
}

/// RFC 1950 2.2: the method is 8 and the first two bytes are a multiple of 31.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}
