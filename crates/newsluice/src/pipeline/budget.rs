//! The memory budget: all pages and files on their way together stay below it.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes per permit: fine enough for pages, coarse enough for a semaphore's count.
const UNIT: usize = 1024;

/// Permits for the bytes that may be in memory at once.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    permits: Arc<Semaphore>,
    total: u32,
}

impl Budget {
    /// A budget of so many bytes; at least one permit.
    pub(crate) fn new(bytes: usize) -> Self {
        let total = u32::try_from(bytes / UNIT).unwrap_or(u32::MAX / 8).max(1);
        Self { permits: Arc::new(Semaphore::new(total as usize)), total }
    }

    /// Waits for room for so many bytes. Something larger than the whole budget waits for all
    /// of it, and then travels alone.
    pub(crate) async fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.total);
        // The semaphore is never closed; if it were, nothing would be left to bound.
        Arc::clone(&self.permits).acquire_many_owned(wanted.max(1)).await.ok()
    }

    /// Gives back what is held beyond so many bytes, a permit at least being kept.
    pub(crate) fn shrink(permit: &mut OwnedSemaphorePermit, bytes: usize) {
        let spare = permit.num_permits().saturating_sub(bytes.div_ceil(UNIT).max(1));
        drop(permit.split(spare));
    }

    /// As [`take`](Self::take), on a thread that may block.
    pub(crate) fn take_blocking(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        Handle::current().block_on(self.take(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_too_large_travels_alone() {
        let budget = Budget::new(10 * UNIT);
        let small = budget.take(1).await;
        let large = tokio::time::timeout(std::time::Duration::ZERO, budget.take(99 * UNIT));
        assert!(large.await.is_err());
        drop(small);
        assert!(budget.take(99 * UNIT).await.is_some());
    }

    #[tokio::test]
    async fn what_has_become_smaller_holds_less() {
        let budget = Budget::new(10 * UNIT);
        let mut page = budget.take(10 * UNIT).await.unwrap();
        Budget::shrink(&mut page, 3 * UNIT);
        assert_eq!(budget.permits.available_permits(), 7);
        Budget::shrink(&mut page, 5 * UNIT);
        Budget::shrink(&mut page, 0);
        assert_eq!(budget.permits.available_permits(), 9);
        drop(page);
        assert_eq!(budget.permits.available_permits(), 10);
    }
}
