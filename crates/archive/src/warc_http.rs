//! The HTTP answer inside a block.

use std::io::Read;

use record::{Reason, ReasonKind};

/// Longest header taken.
const MAX_HEADER: usize = 256 << 10;

/// Codings undone one after the other, at most.
const MAX_CODINGS: usize = 4;

/// An answer as it came, its encodings undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status code.
    pub status: u16,
    /// The header fields, in order.
    pub headers: Vec<(String, String)>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// The first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        crate::warc::field(&self.headers, name)
    }
}

/// What follows the header.
pub(crate) fn payload(block: &[u8]) -> &[u8] {
    split(block).map_or(&[], |(_, body)| body)
}

fn split(block: &[u8]) -> Option<(&[u8], &[u8])> {
    let header = block.get(..block.len().min(MAX_HEADER))?;
    let mut line_start = 0;
    for (at, _) in header.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let line = header.get(line_start..at)?;
        if line.is_empty() || line == b"\r" {
            return Some((header.get(..line_start)?, block.get(at + 1..)?));
        }
        line_start = at + 1;
    }
    None
}

/// Reads the answer; see [`crate::warc::WarcRecord::into_answer`].
pub(crate) fn answer(mut block: Vec<u8>, cap: usize) -> Result<HttpAnswer, Reason> {
    let malformed = |what: &str| Reason::new(ReasonKind::Malformed, what);
    let (head, body) = split(&block).ok_or_else(|| malformed("no HTTP header in the block"))?;
    let body_at = block.len() - body.len();
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines
        .next()
        .filter(|line| line.starts_with("HTTP/"))
        .and_then(|line| line.split_ascii_whitespace().nth(1)?.parse().ok())
        .ok_or_else(|| malformed("no HTTP status in the block"))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    block.drain(..body_at); // what stays is the body, where it was read to
    let body = decoded(&headers, block, cap)?;
    Ok(HttpAnswer { status, headers, body })
}

/// Undoes the encodings. Archives often keep the header of an encoding that they undid: what
/// cannot be decoded by it is taken as it is.
fn decoded(headers: &[(String, String)], mut body: Vec<u8>, cap: usize) -> Result<Vec<u8>, Reason> {
    let codings = |name| {
        let value = crate::warc::field(headers, name).unwrap_or_default().to_ascii_lowercase();
        value.split(',').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect::<Vec<_>>()
    };
    if codings("Transfer-Encoding").iter().any(|c| c == "chunked") {
        body = dechunked(&body).unwrap_or(body);
    }
    for coding in codings("Content-Encoding").iter().rev().take(MAX_CODINGS) {
        body = undo(coding, body, cap)?;
    }
    if body.len() > cap {
        return Err(Reason::new(ReasonKind::TooLarge, format!("a body over {cap} bytes")));
    }
    Ok(body)
}

fn undo(coding: &str, body: Vec<u8>, cap: usize) -> Result<Vec<u8>, Reason> {
    let bytes = body.as_slice();
    match coding {
        "gzip" | "x-gzip" if bytes.starts_with(&[0x1f, 0x8b]) => {
            unpacked(flate2::read::MultiGzDecoder::new(bytes), cap)
        }
        "deflate" if bytes.first().is_some_and(|b| b & 15 == 8) => {
            unpacked(flate2::read::ZlibDecoder::new(bytes), cap)
        }
        "deflate" => Ok(unpacked(flate2::read::DeflateDecoder::new(bytes), cap).unwrap_or(body)),
        "zstd" if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
            let decoder = zstd::stream::read::Decoder::with_buffer(bytes);
            unpacked(decoder.map_err(|e| broken(&e))?, cap)
        }
        // Its streams have no mark to be known by: what cannot be unpacked was unpacked before.
        "br" => {
            let mut unpacked = Vec::new();
            let reader = brotli_decompressor::Decompressor::new(bytes, 4096);
            let end = reader.take(cap as u64 + 1).read_to_end(&mut unpacked);
            Ok(if end.is_ok() { unpacked } else { body })
        }
        "identity" | "utf-8" | "none" | "gzip" | "x-gzip" | "zstd" => Ok(body),
        other => Err(Reason::new(ReasonKind::UnsupportedType, format!("encoding {other}"))),
    }
}

/// What can be unpacked: an answer that was cut short keeps what there is of it.
fn unpacked(reader: impl Read, cap: usize) -> Result<Vec<u8>, Reason> {
    let mut body = Vec::new();
    let end = reader.take(cap as u64 + 1).read_to_end(&mut body);
    match end {
        Err(error) if body.is_empty() => Err(broken(&error)),
        _ => Ok(body),
    }
}

fn broken(error: &std::io::Error) -> Reason {
    Reason::new(ReasonKind::BrokenAnswer, error.to_string())
}

/// The body without its chunks (RFC 9112 section 7.1); `None` where there are none.
fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(rest.len());
    let mut is_first = true;
    loop {
        let Some(end) = rest.iter().position(|b| *b == b'\n') else {
            return (!is_first).then_some(body); // cut short
        };
        let line = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(size, 16) else {
            return (!is_first).then_some(body);
        };
        rest = rest.get(end + 1..)?;
        if size == 0 {
            return Some(body);
        }
        let chunk = rest.get(..size.min(rest.len()))?;
        body.extend_from_slice(chunk);
        rest = rest.get(chunk.len()..)?;
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn block(head: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), body].concat()
    }

    #[test]
    fn encodings_are_undone() {
        let packed = gzip(b"It rained.");
        let mut chunked = format!("{:x};x=1\r\n", packed.len()).into_bytes();
        chunked.extend_from_slice(&packed);
        chunked.extend_from_slice(b"\r\n0\r\n\r\n");
        let head = "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n";
        let found = answer(block(head, &chunked), 1 << 20).unwrap();
        assert_eq!((found.status, found.body.as_slice()), (200, b"It rained.".as_slice()));
        assert_eq!(found.header("content-encoding"), Some("gzip"));
    }

    #[test]
    fn brotli_is_undone() {
        // "It rained." as one uncompressed meta-block, by hand (RFC 7932 section 9.2).
        let packed = [&[0x8b, 0x04, 0x80][..], b"It rained.", &[0x03]].concat();
        let head = "Content-Encoding: br\r\n";
        assert_eq!(answer(block(head, &packed), 99).unwrap().body, b"It rained.");
        assert_eq!(answer(block(head, b"It rained."), 99).unwrap().body, b"It rained.");
    }

    #[test]
    fn headers_of_encodings_already_undone_do_no_harm() {
        let head = "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n";
        assert_eq!(answer(block(head, b"It rained."), 99).unwrap().body, b"It rained.");
    }

    #[test]
    fn a_bomb_stops_at_the_cap_and_nonsense_is_said() {
        let packed = gzip(&vec![0; 1 << 20]);
        let bomb = block("Content-Encoding: gzip\r\n", &packed);
        assert_eq!(answer(bomb, 1000).unwrap_err().kind, ReasonKind::TooLarge);
        assert_eq!(
            answer(b"GET / HTTP/1.1\r\n\r\n".to_vec(), 9).unwrap_err().kind,
            ReasonKind::Malformed
        );
        assert_eq!(answer(Vec::new(), 9).unwrap_err().kind, ReasonKind::Malformed);
        let unknown = block("Content-Encoding: compress\r\n", b"x");
        assert_eq!(answer(unknown, 9).unwrap_err().kind, ReasonKind::UnsupportedType);
    }
}
