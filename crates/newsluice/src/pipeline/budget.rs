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
}
