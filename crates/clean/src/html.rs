//! An HTML page to a record: decode, guard, parse once, fields, body, judgement.

use record::{Page, Reason, ReasonKind};

use crate::{Cleaned, Hints};

pub(crate) fn clean(_page: &Page, _hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    Err(Reason::of(ReasonKind::NoBody))
}
