//! What this thread used: load of the machine does not count.

use std::time::Duration;

/// CPU time of this thread so far.
pub(crate) fn cpu() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    spent.try_into().unwrap()
}

/// CPU time of this thread since it was `start`.
pub(crate) fn since(start: Duration) -> Duration {
    cpu().saturating_sub(start)
}

/// Memory of the process that is in RAM, in bytes.
pub(crate) fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).and_then(|n| n.parse::<usize>().ok()).unwrap() * 4096
}
