//! Another implementation reads what is written here, and the other way round.

use std::process::Command;

use archive::warc::WarcCompression;

use super::warc_file::{WarcFile, text, url};
use crate::support::World;

/// Python with warcio: `NEWSLUICE_PYTHON`, else `python3`. `None`, and a word about it, where
/// there is none.
fn python() -> Option<String> {
    let python = std::env::var("NEWSLUICE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import warcio"]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    println!("skipped: no Python with warcio (pip install warcio; NEWSLUICE_PYTHON names it)");
    None
}

fn run(python: &str, script: &str, arguments: &[&str]) -> String {
    let output = Command::new(python).args(["-c", script]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn warcio_reads_what_is_written_here() {
    let Some(python) = python() else { return };
    let world = World::new();
    let script = "
import sys
from warcio.archiveiterator import ArchiveIterator
source = open(sys.argv[1], 'rb')
if source.peek(4)[:4] == bytes([0x28, 0xb5, 0x2f, 0xfd]):
    import zstandard
    source = zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True)
for record in ArchiveIterator(source, check_digests='raise'):
    body = record.content_stream().read()
    print(record.rec_type, record.http_headers.get_statuscode(), record.rec_headers['WARC-Target-URI'], len(body) > 900)
";
    let has_zstd = Command::new(&python).args(["-c", "import zstandard"]).status();
    let mut all = vec![WarcCompression::None, WarcCompression::Gzip];
    if has_zstd.is_ok_and(|status| status.success()) {
        all.push(WarcCompression::Zstd);
    } else {
        println!("skipped for zstd: no zstandard in this Python (pip install zstandard)");
    }
    for compression in all {
        let mut file = WarcFile::new(compression);
        file.page(1);
        let said = run(&python, script, &[text(&file.save(&world, "a.warc"))]);
        let page = url(1);
        assert_eq!(said, format!("request / {page} False\nresponse 200 {page} True\n"));
    }
}

const WRITE: &str = "
import io, sys
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
pack = sys.argv[2] == 'gzip'
with open(sys.argv[1], 'wb') as out:
    writer = WARCWriter(out, gzip=pack, warc_version=sys.argv[3])
    writer.write_record(writer.create_warcinfo_record('a.warc', {'software': 'x'}))
    def response(url, body):
        headers = StatusAndHeaders('200 OK', [('Content-Type', 'text/html')], protocol='HTTP/1.1')
        return writer.create_warc_record(url, 'response', payload=io.BytesIO(body),
                                         http_headers=headers)
    for number in range(4):
        writer.write_record(response('https://press.example/2024/05/%d' % number,
                                     open(sys.argv[4 + number], 'rb').read()))
    body = open(sys.argv[4], 'rb').read()
    first = response('https://press.example/2024/05/0', body)
    writer.write_record(first)
    again = writer.create_revisit_record(
        'https://other.example/again', first.rec_headers['WARC-Payload-Digest'],
        'https://press.example/2024/05/0', first.rec_headers['WARC-Date'],
        http_headers=first.http_headers)
    writer.write_record(again)
";

#[test]
fn what_warcio_writes_is_read_here() {
    let Some(python) = python() else { return };
    let sources = World::new();
    let pages: Vec<_> =
        (0..4).map(|n| sources.write(&format!("{n}.html"), super::warc_file::page(n))).collect();
    for (packing, version) in [("plain", "1.0"), ("gzip", "1.0"), ("gzip", "1.1"), ("zstd", "1.1")]
    {
        let world = World::new();
        let path = world.path("a.warc");
        let wanted = if packing == "zstd" { "plain" } else { packing };
        let mut arguments = vec![text(&path), wanted, version];
        arguments.extend(pages.iter().map(|page| text(page)));
        run(&python, WRITE, &arguments);
        if packing == "zstd" {
            // warcio packs with gzip alone: its records as zstd frames, one each.
            let plain = std::fs::read(&path).unwrap();
            world.write("a.warc", frames(&plain));
        }
        let ran = world.run(&["replay", text(&path)]).expect(0);
        assert!(ran.err.contains("6 seen: 5 stored (1 of them duplicates)"), "{}", ran.err);
        assert!(world.urls().contains("https://other.example/again"));
    }
}

/// The records of a plain archive, each as a frame of its own behind a dictionary.
fn frames(plain: &[u8]) -> Vec<u8> {
    let marks: Vec<usize> =
        (0..plain.len()).filter(|at| plain[*at..].starts_with(b"WARC/1.1\r\n")).collect();
    let ends = marks.iter().skip(1).copied().chain([plain.len()]);
    let records: Vec<&[u8]> = marks.iter().zip(ends).map(|(at, end)| &plain[*at..end]).collect();
    let dictionary = records[1];
    let mut bytes = 0x184d_2a5du32.to_le_bytes().to_vec();
    bytes.extend(u32::try_from(dictionary.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(dictionary);
    let mut packer = zstd::bulk::Compressor::with_dictionary(3, dictionary).unwrap();
    for record in records {
        bytes.extend(packer.compress(record).unwrap());
    }
    bytes
}
