//! The search for secrets, in every form in which they could show.

use std::path::{Path, PathBuf};

use crate::support::Ran;

pub(super) fn percent(text: &str, hex: impl Fn(u8) -> String) -> String {
    let one = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(b).to_string(),
        _ => hex(b),
    };
    text.bytes().map(one).collect()
}

/// RFC 4648, without padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|b| (0..8).rev().map(move |n| b >> n & 1)).collect();
    let six = |bits: &[u8]| (0..6).fold(0, |n, i| n << 1 | bits.get(i).copied().unwrap_or(0));
    bits.chunks(6).map(|bits| char::from(LETTERS[usize::from(six(bits))])).collect()
}

/// The forms in which a secret could show: as it is, percent-encoded, in hex, and in base 64
/// behind any number of other bytes.
fn shapes(secret: &str) -> Vec<String> {
    let mut shapes = vec![
        secret.to_owned(),
        percent(secret, |b| format!("%{b:02X}")),
        percent(secret, |b| format!("%{b:02x}")),
        secret.bytes().map(|b| format!("{b:02x}")).collect(),
    ];
    for (before, spoilt) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&vec![0; before], secret.as_bytes()].concat();
        let whole = bytes.len() * 8 / 6;
        shapes.push(base64(&bytes)[spoilt..whole].to_owned());
    }
    shapes
}

/// All secrets, and what was looked through.
pub(super) struct Search {
    shapes: Vec<(String, String)>,
    pub(super) bytes: usize,
}

impl Search {
    pub(super) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let shapes = |secret: String| shapes(&secret).into_iter().map(move |s| (secret.clone(), s));
        Self { shapes: secrets.into_iter().flat_map(shapes).collect(), bytes: 0 }
    }

    fn found<'a>(&'a self, bytes: &[u8]) -> Option<&'a (String, String)> {
        let text = String::from_utf8_lossy(bytes);
        self.shapes.iter().find(|(_, shape)| text.contains(shape.as_str()))
    }

    #[track_caller]
    pub(super) fn through(&mut self, what: &str, bytes: &[u8]) {
        self.bytes += bytes.len();
        if let Some((secret, shape)) = self.found(bytes) {
            panic!("{what}: holds the secret {secret} as {shape}");
        }
    }

    #[track_caller]
    pub(super) fn said(&mut self, what: &str, ran: &Ran) {
        self.through(what, ran.out.as_bytes());
        self.through(what, ran.err.as_bytes());
    }

    /// Every file below, archives as they are and unpacked.
    #[track_caller]
    pub(super) fn folder(&mut self, folder: &Path, but: &[PathBuf]) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !but.contains(&path) {
                self.folder(&path, but);
            } else if path.is_file() && !but.contains(&path) {
                let bytes = std::fs::read(&path).unwrap();
                self.through(&path.display().to_string(), &bytes);
                let mut unpacked = Vec::new();
                let mut reader = flate2::read::MultiGzDecoder::new(bytes.as_slice());
                if std::io::Read::read_to_end(&mut reader, &mut unpacked).is_ok() {
                    self.through(&format!("{}, unpacked", path.display()), &unpacked);
                }
            }
        }
    }
}

#[test]
fn the_search_finds_secrets_in_every_form() {
    let secret = super::vault::secret("file", "basic");
    let search = Search::new([secret.clone()]);
    for before in 0..7 {
        let text = format!("{}{secret}z", "x".repeat(before));
        assert!(search.found(base64(text.as_bytes()).as_bytes()).is_some(), "{before}");
    }
    let encoded = percent(&secret, |b| format!("%{b:02x}"));
    assert!(search.found(format!("a {encoded} b").as_bytes()).is_some());
    assert!(search.found(format!("\0{secret}").as_bytes()).is_some());
    assert!(search.found(b"S3nt/file+bearer=Q9!").is_none());
}
