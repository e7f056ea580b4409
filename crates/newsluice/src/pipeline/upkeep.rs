//! What a daemon does for its database now and then: retention, and writing its size down.

use std::path::PathBuf;
use std::time::Duration;

use store::{Edits, Retention, StoreError};

use crate::config::RetentionConfig;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// Rows in one transaction: commits wait for no longer than a moment.
const AT_ONCE: usize = 200;

/// How long an edit waits for a commit.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does it at once and then every hour, until it is dropped. Trouble is told, and passes or is
/// met by the commits as well.
pub(super) async fn keep(database: PathBuf, retention: RetentionConfig) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let (database, retention) = (database.clone(), retention.clone());
        match tokio::task::spawn_blocking(move || once(&database, &retention)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("{error}; upkeep is tried again in an hour"),
            Err(_) => tracing::error!("upkeep crashed: please report"),
        }
    }
}

/// Takes away what is to go, and writes the size down.
fn once(database: &std::path::Path, config: &RetentionConfig) -> Result<(), StoreError> {
    let now = crate::clock::now();
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
