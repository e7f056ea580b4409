//! Raw text to a record.

use record::{Reason, ReasonKind};

use crate::{Cleaned, Hints};

pub(crate) fn clean(_bytes: &[u8], _hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    Err(Reason::of(ReasonKind::NoBody))
}
