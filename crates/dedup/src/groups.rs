//! Groups of copies, and their roots.

use record::{ContentHash, Duplicate, DuplicateKind, RecordId};

use crate::Known;

/// Links followed to the root of a group: revisions can put one group under another.
const MAX_HOPS: usize = 8;

/// Records with an equal text that are looked at: the first that is not the record itself.
const MAX_EQUAL: usize = 8;

/// The root of `other`'s group; `None` where that is `id` itself.
pub(crate) fn root<E>(
    other: RecordId,
    id: RecordId,
    known: &mut dyn Known<Error = E>,
) -> Result<Option<RecordId>, E> {
    let mut at = other;
    for _ in 0..MAX_HOPS {
        if at == id {
            return Ok(None);
        }
        match known.text(at)? {
            Some(text) if text.root != at => at = text.root,
            _ => return Ok(Some(at)),
        }
    }
    Ok(None)
}

/// The first other record of all times with the same folded text.
pub(crate) fn exact<E>(
    id: RecordId,
    hash: ContentHash,
    known: &mut dyn Known<Error = E>,
) -> Result<Option<Duplicate>, E> {
    for other in known.ids_by_content(hash, MAX_EQUAL)? {
        if let Some(of) = root(other, id, known)? {
            let kind = DuplicateKind::Exact;
            return Ok(Some(Duplicate { of, kind, similarity: 1.0, shared: String::new() }));
        }
    }
    Ok(None)
}
