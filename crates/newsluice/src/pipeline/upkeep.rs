//! What a daemon does for its database now and then: retention, and writing its size down.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use store::{Edits, Retention, StoreError};

use super::raw_archives::{self, Shed};
use crate::config::RetentionConfig;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// Rows in one transaction: commits wait for no longer than a moment.
const AT_ONCE: usize = 200;

/// How long an edit waits for a commit.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does it at once and then every hour, until it is dropped. Trouble is told, and passes or is
/// met by the commits as well.
pub(super) async fn keep(database: PathBuf, retention: RetentionConfig, recordings: String) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let (database, retention) = (database.clone(), retention.clone());
        let recordings = recordings.clone();
        let work = move || {
            let now = crate::clock::now();
            shed_recordings(Path::new(&recordings), &retention, now);
            once(&database, &retention, now)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("{error}; upkeep is tried again in an hour"),
            Err(_) => tracing::error!("upkeep crashed: please report"),
        }
    }
}

/// Takes old recordings away, where there are any. Trouble is told: nothing hangs on it.
fn shed_recordings(folder: &Path, config: &RetentionConfig, now: Timestamp) {
    if folder.as_os_str().is_empty() {
        return;
    }
    let before = config.raw.0.and_then(|age| now.checked_sub(age).ok());
    let most = (config.raw_size.0 > 0).then_some(config.raw_size.0 as u64);
    match raw_archives::shed(folder, before, most) {
        Ok(Shed { files: 0, .. }) => {}
        Ok(Shed { files, bytes }) => {
            tracing::info!(files, bytes, "retention took old recordings away");
        }
        Err(error) => tracing::warn!("recordings {}: {error}", folder.display()),
    }
}

/// Takes away what is to go, and writes the size down.
fn once(database: &Path, config: &RetentionConfig, now: Timestamp) -> Result<(), StoreError> {
    let mut edits = Edits::open(database, PATIENCE)?;
    let before = |age: Option<Duration>| now.checked_sub(age?).ok();
    let retention = Retention {
        bodies_before: before(config.bodies.0),
        revisions_before: before(config.revisions.0),
        most_bytes: (config.size.0 > 0).then_some(config.size.0 as u64),
    };
    let (mut bodies, mut revisions) = (0, 0);
    if retention != Retention::default() {
        loop {
            let shed = edits.shed(&retention, AT_ONCE)?;
            bodies += shed.bodies;
            revisions += shed.revisions;
            if !shed.is_more {
                break;
            }
            // Between two transactions the commits have their turn.
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    if bodies + revisions > 0 {
        tracing::info!(bodies, revisions, "retention took old texts away");
    }
    edits.note_size(now)
}
