//! Content codings (RFC 9110 8.4), decoded as the bytes arrive and never beyond a cap.
//!
//! `Content-Length` says nothing about decoded bytes: 2 MiB of gzip hold 2 GiB. So the cap
//! counts what comes out, and the decoders' own windows are bounded (zstd 8 MiB by RFC 9659,
//! brotli 16 MiB, deflate 32 KiB).

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use zstd::stream::raw::DParameter;

use crate::inflate::{Gunzip, Inflate};

/// HTML under gzip is four to five times as long without.
const USUAL_RATIO: usize = 4;
/// No more is set aside on a stranger's word.
const MOST_SET_ASIDE: usize = 1 << 20;
/// A body beyond this gets its whole room at once,
const LONG: usize = 4 << 20;
/// which is address space, not memory, until it is written to. So much of it comes as pages of
/// its own from every allocator (glibc: from 32 MiB on, `M_MMAP_THRESHOLD`), is never copied
/// while the body grows and goes back whole.
const ROOM: usize = 33 << 20;

/// Why a body could not be decoded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    /// More decoded bytes than the cap.
    #[error("larger than the cap of {0} bytes")]
    TooLarge(usize),
    /// It ended before its end.
    #[error("the {0} data is cut off")]
    Incomplete(&'static str),
    /// Not what it says it is.
    #[error("the {0} data is damaged: {1}")]
    Damaged(&'static str, io::Error),
    /// A coding that was not offered.
    #[error("the content coding '{0}' is not one that was asked for")]
    Unknown(String),
}

/// The decoded bytes, which never become more than the cap.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    bytes: Vec<u8>,
    cap: usize,
    full: bool,
}

impl Sink {
    pub(crate) fn new(cap: usize) -> Self {
        Self { bytes: Vec::new(), cap, full: false }
    }

    /// Grows by doubling while it is short.
    fn reserve(&mut self, more: usize) {
        let need = self.bytes.len() + more;
        if need > self.bytes.capacity() {
            let doubled = (self.bytes.capacity() * 2).max(16 * 1024).min(self.cap);
            let target = if need > LONG { self.cap.max(ROOM) } else { doubled.max(need) };
            self.bytes.reserve_exact(target - self.bytes.len());
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.cap - self.bytes.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.reserve(taken.len());
        self.bytes.extend_from_slice(taken);
        if taken.len() < bytes.len() {
            self.full = true;
            return Err(io::Error::other("the cap is reached"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One content coding at work. What is pushed in comes out decoded in [`Decoder::finish`].
pub(crate) struct Decoder {
    coding: Coding,
    cap: usize,
    name: &'static str,
    any: bool,
}

enum Coding {
    Identity(Sink),
    Gzip(Box<Gunzip>),
    Deflate(Box<Inflate>),
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Sink>>),
}

impl Decoder {
    /// A decoder for the value of `Content-Encoding`; none, `identity` and empty mean no coding.
    pub(crate) fn new(header: Option<&str>, cap: usize) -> Result<Self, DecodeError> {
        let sink = Sink::new(cap);
        let text = header.unwrap_or_default().to_ascii_lowercase();
        let mut names = text.split(',').map(str::trim);
        let coding = names.find(|name| !matches!(*name, "" | "identity" | "none" | "utf-8"));
        if names.any(|name| !matches!(name, "" | "identity")) {
            return Err(DecodeError::Unknown(text));
        }
        let (coding, name) = match coding {
            None => (Coding::Identity(sink), "identity"),
            Some("gzip" | "x-gzip") => (Coding::Gzip(Box::new(Gunzip::new(sink))), "gzip"),
            Some("deflate") => (Coding::Deflate(Box::new(Inflate::new(sink))), "deflate"),
            Some("br") => {
                (Coding::Brotli(Box::new(DecompressorWriter::new(sink, 16 * 1024))), "brotli")
            }
            Some("zstd") => (Coding::Zstd(Box::new(unzstd(sink)?)), "zstd"),
            Some(other) => return Err(DecodeError::Unknown(other.to_owned())),
        };
        Ok(Self { coding, cap, name, any: false })
    }

    /// Sets memory aside for a body that will be so long on the wire.
    pub(crate) fn expect(&mut self, length: usize) {
        let coded = !matches!(self.coding, Coding::Identity(_));
        let length = if coded { length.saturating_mul(USUAL_RATIO) } else { length };
        let sink = self.sink_mut();
        sink.bytes.reserve_exact(length.min(sink.cap).min(MOST_SET_ASIDE));
    }

    /// How many bytes to push at a time: of gzip about 2 MiB come out of them at most.
    pub(crate) fn careful_piece(&self) -> usize {
        match self.coding {
            Coding::Identity(_) => usize::MAX,
            _ => 2048,
        }
    }

    /// Takes the next bytes off the wire.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        self.any |= !bytes.is_empty();
        let pushed = match &mut self.coding {
            Coding::Identity(sink) => sink.write_all(bytes),
            Coding::Gzip(gunzip) => gunzip.push(bytes),
            Coding::Deflate(inflate) => inflate.push(bytes),
            Coding::Brotli(writer) => writer.write_all(bytes),
            Coding::Zstd(writer) => writer.write_all(bytes),
        };
        pushed.map_err(|e| self.error(e))
    }

    /// Decoded bytes so far.
    pub(crate) fn decoded(&self) -> usize {
        self.sink().bytes.len()
    }

    /// The decoded bytes, when the coding came to its own end.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, DecodeError> {
        if !self.any {
            return Ok(Vec::new());
        }
        let complete = match &mut self.coding {
            Coding::Identity(_) => true,
            Coding::Gzip(gunzip) => gunzip.is_complete(),
            Coding::Deflate(inflate) => inflate.is_complete(),
            Coding::Brotli(writer) => writer.close().is_ok(),
            Coding::Zstd(writer) => writer.do_finish().is_ok(),
        };
        match (self.sink().full, complete) {
            (true, _) => Err(DecodeError::TooLarge(self.cap)),
            (false, false) => Err(DecodeError::Incomplete(self.name)),
            (false, true) => Ok(std::mem::take(&mut self.sink_mut().bytes)),
        }
    }

    /// What was decoded so far, whether or not it is whole.
    pub(crate) fn into_start(mut self) -> Vec<u8> {
        std::mem::take(&mut self.sink_mut().bytes)
    }

    fn error(&self, error: io::Error) -> DecodeError {
        if self.sink().full {
            DecodeError::TooLarge(self.cap)
        } else {
            DecodeError::Damaged(self.name, error)
        }
    }

    fn sink(&self) -> &Sink {
        match &self.coding {
            Coding::Identity(sink) => sink,
            Coding::Gzip(gunzip) => gunzip.sink(),
            Coding::Deflate(inflate) => inflate.sink(),
            Coding::Brotli(writer) => writer.get_ref(),
            Coding::Zstd(writer) => writer.get_ref(),
        }
    }

    fn sink_mut(&mut self) -> &mut Sink {
        match &mut self.coding {
            Coding::Identity(sink) => sink,
            Coding::Gzip(gunzip) => gunzip.sink_mut(),
            Coding::Deflate(inflate) => inflate.sink_mut(),
            Coding::Brotli(writer) => writer.get_mut(),
            Coding::Zstd(writer) => writer.get_mut(),
        }
    }
}

/// A zstd decoder whose window is at most 8 MiB (RFC 9659 3).
fn unzstd(sink: Sink) -> Result<zstd::stream::write::Decoder<'static, Sink>, DecodeError> {
    let damaged = |e| DecodeError::Damaged("zstd", e);
    let mut raw = zstd::stream::raw::Decoder::new().map_err(damaged)?;
    raw.set_parameter(DParameter::WindowLogMax(23)).map_err(damaged)?;
    Ok(zstd::stream::write::Decoder::with_decoder(sink, raw))
}

#[cfg(test)]
mod tests;
