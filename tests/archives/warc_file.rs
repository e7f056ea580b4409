//! WARC files made for tests.

use std::io::Write;
use std::path::{Path, PathBuf};

use archive::warc::{NewWarcRecord, WarcCompression, WarcKind, WarcWriter};
use jiff::Timestamp;

use crate::support::World;

/// Builds an archive in memory.
pub(crate) struct WarcFile {
    writer: WarcWriter<Vec<u8>>,
    count: i64,
}

impl WarcFile {
    pub(crate) fn new(compression: WarcCompression) -> Self {
        Self { writer: WarcWriter::new(Vec::new(), compression), count: 0 }
    }

    /// A record; each one a minute after the one before. Returns its id.
    pub(crate) fn add(
        &mut self,
        kind: WarcKind,
        target: &str,
        fields: &[(&str, &str)],
        block: &[u8],
    ) -> String {
        self.count += 1;
        let record = NewWarcRecord {
            kind,
            target: Some(target),
            date: Timestamp::from_second(1_714_640_000 + 60 * self.count).unwrap(),
            content_type: match kind {
                WarcKind::Response | WarcKind::Revisit => "application/http; msgtype=response",
                WarcKind::Request => "application/http; msgtype=request",
                _ => "text/html",
            },
            fields,
            block,
        };
        self.writer.write(&record).unwrap();
        format!("<{}>", record.id())
    }

    /// A page that answered 200, with its request before it, as Common Crawl keeps them.
    pub(crate) fn page(&mut self, number: u64) -> String {
        let url = url(number);
        self.add(WarcKind::Request, &url, &[], b"GET / HTTP/1.1\r\n\r\n");
        self.add(WarcKind::Response, &url, &[], &answer("200 OK", &page(number)))
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.writer.finish().unwrap()
    }

    pub(crate) fn save(self, world: &World, name: &str) -> PathBuf {
        world.write(name, self.bytes())
    }
}

pub(crate) fn url(number: u64) -> String {
    format!("https://press.example/2024/05/{number}")
}

/// A page small enough for many of them.
pub(crate) fn page(number: u64) -> String {
    let text = crate::support::article(number);
    let mut lines = text.lines();
    let title = lines.next().unwrap();
    let paragraphs: String = lines.skip(2).map(|p| format!("<p>{p}</p>\n")).collect();
    format!(
        "<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body><article>\
         <h1>{title}</h1>{paragraphs}</article></body></html>"
    )
}

/// The block of a response.
pub(crate) fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \
         {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The bytes as one gzip member, whatever is in them.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
