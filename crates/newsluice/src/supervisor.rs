//! What a service manager is told, in systemd's protocol (sd_notify(3)); without one, nothing.

use std::time::Duration;

use sd_notify::NotifyState;

/// The database is open and work begins.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The settings are read again; [`ready`] follows. The time is what `Type=notify-reload` wants.
pub(crate) fn reloading() {
    let mut states = vec![NotifyState::Reloading];
    states.extend(NotifyState::monotonic_usec_now().ok());
    tell(&states);
}

/// A stop was asked for.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The program lives and gets on.
pub(crate) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How often [`alive`] is to be said, if anybody wants to hear it: twice in the time after which
/// the manager gives up, as sd_watchdog_enabled(3) advises.
pub(crate) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("the service manager cannot be told {states:?}: {error}");
    }
}
