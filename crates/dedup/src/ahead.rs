//! Asking for memory ahead of its use.

/// Has the processor fetch `place`, so that what reads it a little later need not wait. Changes
/// nothing but time; nothing at all on processors without a way to ask.
pub(crate) fn fetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    safe_arch::prefetch_t0(place);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
