//! Digests of blocks and payloads: `sha1:` or `sha256:` and the value in base 32 or hex.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::warc::field;

/// Is a block what its digest says?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestCheck {
    /// It has none, or one of a kind that is not computed here.
    Unchecked,
    /// It is.
    Matches,
    /// It is not: damaged, or cut.
    Differs,
}

/// Checks the block's digest, else that of what follows the HTTP header in it.
pub(crate) fn check(fields: &[(String, String)], block: &[u8]) -> DigestCheck {
    if let Some(digest) = field(fields, "WARC-Block-Digest") {
        return compare(digest, block);
    }
    let is_http = field(fields, "Content-Type").is_some_and(|t| t.starts_with("application/http"));
    match field(fields, "WARC-Payload-Digest") {
        // Writers do not agree on whether the payload is meant before or after dechunking:
        // only a match says anything.
        Some(digest) if is_http => match compare(digest, crate::warc_http::payload(block)) {
            DigestCheck::Matches => DigestCheck::Matches,
            _ => DigestCheck::Unchecked,
        },
        _ => DigestCheck::Unchecked,
    }
}

fn compare(digest: &str, bytes: &[u8]) -> DigestCheck {
    let Some((algorithm, value)) = digest.split_once(':') else { return DigestCheck::Unchecked };
    let computed = match algorithm.to_ascii_lowercase().as_str() {
        "sha1" => Sha1::digest(bytes).to_vec(),
        "sha256" | "sha-256" => Sha256::digest(bytes).to_vec(),
        _ => return DigestCheck::Unchecked,
    };
    let same = value.eq_ignore_ascii_case(&base32(&computed))
        || value.trim_end_matches('=').eq_ignore_ascii_case(&base32(&computed))
        || value.eq_ignore_ascii_case(&hex(&computed));
    if same { DigestCheck::Matches } else { DigestCheck::Differs }
}

/// `sha1:` and base 32, as every reader understands it.
pub(crate) fn sha1(bytes: &[u8]) -> String {
    format!("sha1:{}", base32(&Sha1::digest(bytes)))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// RFC 4648 section 6, without padding.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.extend(ALPHABET.get((bits >> count & 31) as usize).map(|b| char::from(*b)));
        }
    }
    if count > 0 {
        text.extend(ALPHABET.get((bits << (5 - count) & 31) as usize).map(|b| char::from(*b)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        assert_eq!(sha1(b""), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(compare("sha1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj", b""), DigestCheck::Matches);
        assert_eq!(
            compare("SHA1:da39a3ee5e6b4b0d3255bfef95601890afd80709", b""),
            DigestCheck::Matches
        );
        assert_eq!(compare("sha1:da39", b"x"), DigestCheck::Differs);
        assert_eq!(compare("crc32:00000000", b""), DigestCheck::Unchecked);
    }
}
