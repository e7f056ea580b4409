//! Writing records, each compressed by itself.

use std::io::{self, Write};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::warc::WarcKind;
use crate::warc_digest::{hex, sha1};

/// How records are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WarcCompression {
    /// Not at all.
    None,
    /// A gzip member for each: what everybody reads.
    #[default]
    Gzip,
    /// A zstd frame for each.
    Zstd,
}

/// A record to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewWarcRecord<'a> {
    /// What it is.
    pub kind: WarcKind,
    /// The URL that was asked.
    pub target: Option<&'a str>,
    /// When it was captured.
    pub date: Timestamp,
    /// The media type of the block: `application/http; msgtype=response` for answers.
    pub content_type: &'a str,
    /// Further named fields. Line breaks in them become spaces.
    pub fields: &'a [(&'a str, &'a str)],
    /// The content block.
    pub block: &'a [u8],
}

impl NewWarcRecord<'_> {
    /// The id that it is written with: made from its content, so that the same capture has the
    /// same id wherever it is written. The random bits of a UUID (RFC 9562, version 8) are
    /// those of SHA-256.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.kind.name());
        hasher.update([0]);
        hasher.update(self.target.unwrap_or_default());
        hasher.update([0]);
        hasher.update(self.date.as_nanosecond().to_le_bytes());
        hasher.update(self.block);
        let mut digits = hex(&hasher.finalize());
        digits.truncate(32);
        digits.replace_range(12..13, "8");
        digits.replace_range(16..17, "a");
        for dash in [20, 16, 12, 8] {
            digits.insert(dash, '-');
        }
        format!("urn:uuid:{digits}")
    }
}

/// Writes a WARC 1.1 file.
#[derive(Debug)]
pub struct WarcWriter<W: Write> {
    inner: W,
    compression: WarcCompression,
    offset: u64,
}

impl<W: Write> WarcWriter<W> {
    /// A writer to a new file.
    pub fn new(inner: W, compression: WarcCompression) -> Self {
        Self { inner, compression, offset: 0 }
    }

    /// Bytes written so far: where the next record will begin.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What is written to.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// Writes one record and returns its offset.
    ///
    /// # Errors
    /// Whatever the file fails with; then it ends in the middle of this record.
    pub fn write(&mut self, record: &NewWarcRecord<'_>) -> io::Result<u64> {
        let head = head(record);
        let parts = [head.as_bytes(), record.block, b"\r\n\r\n"];
        let packed = match self.compression {
            WarcCompression::None => parts.concat(),
            WarcCompression::Gzip => {
                let level = flate2::Compression::default();
                let mut member = flate2::write::GzEncoder::new(Vec::new(), level);
                parts.iter().try_for_each(|part| member.write_all(part))?;
                member.finish()?
            }
            WarcCompression::Zstd => {
                let mut frame = zstd::stream::write::Encoder::new(Vec::new(), 0)?;
                parts.iter().try_for_each(|part| frame.write_all(part))?;
                frame.finish()?
            }
        };
        self.inner.write_all(&packed)?;
        let offset = self.offset;
        self.offset += packed.len() as u64;
        Ok(offset)
    }

    /// Flushes and gives the file back.
    ///
    /// # Errors
    /// Whatever the file fails with.
    pub fn finish(mut self) -> io::Result<W> {
        self.inner.flush()?;
        Ok(self.inner)
    }
}

fn head(record: &NewWarcRecord<'_>) -> String {
    let mut head = String::from("WARC/1.1\r\n");
    let mut field = |name: &str, value: &str| {
        let value = value.replace(['\r', '\n'], " ");
        head.extend([name, ": ", &value, "\r\n"]);
    };
    field("WARC-Type", record.kind.name());
    field("WARC-Record-ID", &format!("<{}>", record.id()));
    field("WARC-Date", &record.date.to_string());
    if let Some(target) = record.target {
        field("WARC-Target-URI", target);
    }
    for (name, value) in record.fields {
        field(name, value);
    }
    field("WARC-Block-Digest", &sha1(record.block));
    field("Content-Type", record.content_type);
    field("Content-Length", &record.block.len().to_string());
    head.push_str("\r\n");
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warc::{DigestCheck, WarcReader, WarcRecord};
    use proptest::prelude::*;
    use record::ReasonKind;

    const ALL: [WarcCompression; 3] =
        [WarcCompression::None, WarcCompression::Gzip, WarcCompression::Zstd];

    fn new<'a>(target: &'a str, block: &'a [u8]) -> NewWarcRecord<'a> {
        NewWarcRecord {
            kind: WarcKind::Resource,
            target: Some(target),
            date: Timestamp::from_second(1_714_640_000).unwrap(),
            content_type: "text/html",
            fields: &[("WARC-IP-Address", "127.0.0.1\r\nX: y")],
            block,
        }
    }

    fn file(blocks: &[Vec<u8>], compression: WarcCompression) -> (Vec<u8>, Vec<u64>) {
        let mut writer = WarcWriter::new(Vec::new(), compression);
        let offsets =
            blocks.iter().map(|b| writer.write(&new("https://a.example/1", b)).unwrap()).collect();
        (writer.finish().unwrap(), offsets)
    }

    fn read(file: &[u8], cap: u64) -> Vec<Result<WarcRecord, ReasonKind>> {
        WarcReader::new(file, cap).map(|item| item.map_err(|p| p.reason.kind)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_is_written_is_read_back(
            blocks in proptest::collection::vec(
                proptest::collection::vec(any::<u8>(), 0..300), 0..5),
            cut in 0usize..64,
        ) {
            for compression in ALL {
                let (file, offsets) = file(&blocks, compression);
                let records: Vec<WarcRecord> =
                    read(&file, 1 << 20).into_iter().map(Result::unwrap).collect();
                prop_assert_eq!(records.iter().map(|r| r.offset).collect::<Vec<_>>(), offsets);
                prop_assert_eq!(records.iter().map(|r| &r.block).collect::<Vec<_>>(),
                    blocks.iter().collect::<Vec<_>>());
                prop_assert!(records.iter().all(|r| r.digest == DigestCheck::Matches));
                // Cut anywhere: all but the last are there, and the loss is said.
                let kept = file.len().saturating_sub(cut + 5);
                let whole = read(file.get(..kept).unwrap(), 1 << 20);
                let good = whole.iter().filter(|item| item.is_ok()).count();
                prop_assert!(good + 2 >= blocks.len());
            }
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>, begins in 0usize..4) {
            let starts: [&[u8]; 4] = [b"", b"WARC/1.0\r\n", &[0x1f, 0x8b, 8], &[0x28, 0xb5, 0x2f, 0xfd]];
            read(&[starts[begins], &bytes].concat(), 100);
        }
    }

    #[test]
    fn records_over_the_cap_are_passed_over_and_said() {
        let blocks = [b"small".to_vec(), vec![b'x'; 5_000], b"small again".to_vec()];
        for compression in ALL {
            let found = read(&file(&blocks, compression).0, 1_000);
            assert_eq!(found[1], Err(ReasonKind::TooLarge));
            assert_eq!(found[2].as_ref().unwrap().block, b"small again");
        }
    }

    #[test]
    fn a_record_is_read_again_from_its_offset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.warc");
        let blocks = [b"one".to_vec(), b"two".to_vec()];
        for compression in ALL {
            let (bytes, offsets) = file(&blocks, compression);
            std::fs::write(&path, bytes).unwrap();
            let mut reader = WarcReader::open(&path, offsets[1], 99).unwrap();
            let record = reader.next().unwrap().unwrap();
            assert_eq!((record.offset, record.block.as_slice()), (offsets[1], b"two".as_slice()));
        }
    }

    #[test]
    fn what_is_malformed_is_said_and_the_rest_is_read() {
        let (good, _) = file(&[b"good".to_vec()], WarcCompression::None);
        let bad = b"WARC/1.0\r\nno colon\r\n\r\nrubbish\r\n".as_slice();
        let found = read(&[&good, bad, &good].concat(), 99);
        assert_eq!(found.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(read(b"<html>", 99), [Err(ReasonKind::Malformed)]);
        assert_eq!(read(b"", 99), []);
        let (cut, _) = file(&[b"one".to_vec(), vec![7; 900]], WarcCompression::None);
        let found = read(&cut[..cut.len() - 100], 9_999);
        assert_eq!((found[0].is_ok(), &found[1]), (true, &Err(ReasonKind::Malformed)));
    }

    #[test]
    fn a_field_cannot_smuggle_another_in() {
        let (bytes, _) = file(&[b"x".to_vec()], WarcCompression::None);
        let record = read(&bytes, 99).remove(0).unwrap();
        assert_eq!(record.field("x"), None);
        assert_eq!(record.field("warc-ip-address"), Some("127.0.0.1  X: y"));
    }
}
