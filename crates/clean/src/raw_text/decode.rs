//! Raw bytes to text.

use std::borrow::Cow;

use record::{Reason, ReasonKind};

use crate::{charset, double_encoding};

/// Bytes of decoded text that one input may have.
const MAX_BYTES: usize = 8 << 20;

/// Decodes `bytes`, or says why they are no text. Input over the cap is refused before it is
/// looked at.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Reason> {
    if bytes.len() > 2 * MAX_BYTES {
        return Err(too_large(bytes.len()));
    }
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if !is_utf16 && charset::is_binary(bytes) {
        return Err(Reason::of(ReasonKind::Binary));
    }
    let (text, _) = charset::decode(bytes, None);
    if text.len() > MAX_BYTES {
        return Err(too_large(text.len()));
    }
    Ok(double_encoding::mended(&text).map_or(text, Cow::Owned))
}

fn too_large(bytes: usize) -> Reason {
    Reason::new(ReasonKind::TooLarge, format!("{bytes} bytes of text (at most {MAX_BYTES})"))
}
