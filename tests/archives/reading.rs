//! What is in an archive comes in, whatever it is packed in, and what is not there is said.

use archive::warc::{WarcCompression, WarcKind};

use super::warc_file::{WarcFile, answer, gzip, page, text, url};
use crate::support::{Ran, World};

const ALL: [WarcCompression; 3] =
    [WarcCompression::None, WarcCompression::Gzip, WarcCompression::Zstd];

/// An archive with all that may stand in one.
fn mixed(compression: WarcCompression) -> Vec<u8> {
    let mut file = WarcFile::new(compression);
    file.add(WarcKind::Warcinfo, "https://x.example/", &[], b"software: test\r\n");
    for number in 0..20 {
        file.page(number);
    }
    let moved = b"HTTP/1.1 301 Moved\r\nLocation: /2024/05/1\r\n\r\n";
    file.add(WarcKind::Response, &url(90), &[], moved);
    file.add(WarcKind::Response, &url(91), &[], &answer("404 Not Found", &page(91)));
    file.add(WarcKind::Resource, &url(92), &[], page(92).as_bytes());
    let robots = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\n";
    file.add(WarcKind::Response, "https://press.example/robots.txt", &[], robots);
    let large = "x".repeat(70_000);
    file.add(WarcKind::Response, &url(93), &[], &answer("200 OK", &large.repeat(6)));
    file.add(WarcKind::Response, &url(94), &[], b"no header at all");
    let damaged = [("WARC-Block-Digest", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")];
    file.add(WarcKind::Response, &url(95), &damaged, &answer("200 OK", &page(95)));
    let packed = gzip(page(96).as_bytes());
    let mut chunked = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        packed.len()
    )
    .into_bytes();
    chunked.extend_from_slice(&packed);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    file.add(WarcKind::Response, &url(96), &[], &chunked);
    file.add(WarcKind::Metadata, &url(96), &[], b"fetchTimeMs: 12");
    file.bytes()
}

fn replay(world: &World, bytes: &[u8]) -> Ran {
    let path = world.write("in/a.warc", bytes);
    world.run(&["replay", text(&path), "--set", "fetch.page_limit=128KiB"])
}

#[test]
fn however_it_is_packed_the_same_comes_in() {
    let mut packings: Vec<Vec<u8>> = ALL.map(mixed).into();
    packings.push(gzip(&mixed(WarcCompression::None)));
    // One frame for all: nothing of it can be read before its first block is whole.
    packings.push(zstd::encode_all(mixed(WarcCompression::None).as_slice(), 0).unwrap());
    let mut digests = Vec::new();
    for bytes in packings {
        let world = World::new();
        let ran = replay(&world, &bytes).expect(1);
        assert!(ran.err.contains("25 seen: 22 stored (0 of them duplicates)"), "{}", ran.err);
        assert!(ran.err.contains("25 archive records passed over"), "{}", ran.err);
        assert!(ran.err.contains("a record of 420"), "{}", ran.err);
        assert!(ran.err.contains("no HTTP header in the block"), "{}", ran.err);
        assert!(ran.err.contains("not what its digest says"), "{}", ran.err);
        assert!(world.urls().contains(&url(96)));
        assert!(world.urls().contains(&url(92)));
        digests.push(world.digest());
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{digests:?}");
}

#[test]
fn the_time_of_capture_is_the_archives() {
    let world = World::new();
    let mut file = WarcFile::new(WarcCompression::Gzip);
    file.page(1);
    world.run(&["replay", text(&file.save(&world, "a.warc.gz"))]).expect(0);
    assert_eq!(world.count("SELECT fetched_at FROM records"), (1_714_640_000 + 120) * 1000);
    let again = world.run(&["replay", text(&world.path("a.warc.gz"))]).expect(0);
    assert!(again.err.contains("1 seen: 0 stored"), "{}", again.err);
}

#[test]
fn a_cut_archive_gives_all_but_its_last_record() {
    for compression in ALL {
        let mut file = WarcFile::new(compression);
        (0..5).for_each(|number| drop(file.page(number)));
        let bytes = file.bytes();
        let world = World::new();
        let ran = replay(&world, &bytes[..bytes.len() - 40]).expect(1);
        assert!(ran.err.contains("5 seen: 4 stored"), "{}", ran.err);
    }
}

#[test]
fn a_revisit_stands_for_the_answer_that_it_refers_to() {
    for compression in ALL {
        let mut file = WarcFile::new(compression);
        let digest = ("WARC-Payload-Digest", "sha1:B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A");
        let first = answer("200 OK", &page(1));
        file.add(WarcKind::Response, &url(1), &[digest], &first);
        let by_id = file.page(2);
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
        let other = "https://other.example/one";
        file.add(WarcKind::Revisit, other, &[digest], head);
        let id = [("WARC-Refers-To", by_id.as_str())];
        file.add(WarcKind::Revisit, "https://other.example/two", &id, head);
        let nowhere = [("WARC-Refers-To", "<urn:uuid:00000000-0000-8000-a000-000000000000>")];
        file.add(WarcKind::Revisit, "https://other.example/three", &nowhere, head);
        let world = World::new();
        let ran = replay(&world, &file.bytes()).expect(1);
        assert!(ran.err.contains("5 seen: 4 stored (2 of them duplicates)"), "{}", ran.err);
        assert!(ran.err.contains("put the archive that has it first"), "{}", ran.err);
        assert!(world.urls().contains(other));
    }
}

#[test]
fn an_archive_comes_through_standard_input_too() {
    let world = World::new();
    let mut file = WarcFile::new(WarcCompression::Gzip);
    file.page(1);
    let path = file.save(&world, "a.warc.gz");
    let mut command = world.command(&["replay", "-"]);
    let output = command.stdin(std::fs::File::open(path).unwrap()).output().unwrap();
    crate::support::ran(output).expect(0);
    assert_eq!(world.urls().len(), 1);
}

#[test]
fn a_plan_tells_what_an_archive_holds_and_what_is_no_list_is_said() {
    let world = World::new();
    let path = world.write("in/a.warc.gz", mixed(WarcCompression::Gzip));
    let ran = world.run(&["backfill", "--plan", text(&path)]).expect(0);
    assert_eq!(ran.out, "archives or folders to read, without a request: 1, 0.0 MB\n");
    let json = world.run(&["backfill", "--plan", "--json", text(&path)]).expect(0);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["archive_bytes"].as_u64(), Some(std::fs::metadata(&path).unwrap().len()));
    let mut through = world.command(&["backfill", "-"]);
    let ran =
        crate::support::ran(through.stdin(std::fs::File::open(&path).unwrap()).output().unwrap());
    assert!(ran.err.contains("newsluice replay -"), "{}", ran.err);
}
