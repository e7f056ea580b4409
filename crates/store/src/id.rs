//! The numbers of tasks.

/// An entry's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(crate) i64);

/// A feed's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub(crate) i64);

impl FeedId {
    /// As people and scripts see it.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The feed that is shown with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number as i64)
    }
}
