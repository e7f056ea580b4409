//! What every command needs: the settings in force and where the database is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clean::SiteRules;

use crate::cli::Common;
use crate::config::{self, Config, ConfigError, Sources};
use crate::site_rules;

/// The command line's common part, lowered.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The command line's common part, as typed.
    typed: Common,
    /// The settings in force.
    pub(crate) config: Config,
    /// The rules of sites.
    pub(crate) rules: Arc<SiteRules>,
    /// The database's path.
    pub(crate) database: PathBuf,
    /// JSON on standard output.
    pub(crate) json: bool,
    /// Errors only.
    pub(crate) quiet: bool,
    /// Progress is wanted where a terminal watches.
    pub(crate) progress: bool,
}

/// The settings' sources of this process.
pub(crate) fn sources(common: &Common) -> Sources<'_> {
    Sources { file: common.config.as_deref(), environment: environment(), set: &common.set }
}

fn environment() -> Vec<(String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

/// The rules of sites; a wrong one is a wrong setting.
fn rules(config: &Config) -> Result<SiteRules, ConfigError> {
    let folder = site_rules::folder(&config.clean.sites);
    site_rules::load(folder.as_deref()).map_err(|e| ConfigError::Value(format!("{e:#}")))
}

impl Context {
    /// Reads the settings.
    ///
    /// # Errors
    /// A setting that is wrong, or no place for the database.
    pub(crate) fn new(common: &Common) -> anyhow::Result<Self> {
        let config = config::load(&sources(common))?;
        record::track_more(&config.clean.tracking)
            .map_err(|e| ConfigError::Value(format!("clean.tracking: {e}")))?;
        let database = common
            .db
            .clone()
            .or_else(|| (!config.store.path.is_empty()).then(|| config.store.path.clone().into()))
            .or_else(crate::paths::default_database)
            .context(
                "no place for the database: neither XDG_DATA_HOME nor HOME is set; use --db FILE",
            )?;
        Ok(Self {
            typed: common.clone(),
            rules: Arc::new(rules(&config)?),
            config,
            database,
            json: common.json,
            quiet: common.quiet,
            progress: !common.no_progress && !common.quiet && !common.json,
        })
    }

    /// The same, with recordings kept in `folder` if one is given.
    pub(crate) fn recording_in(&self, folder: Option<&Path>) -> Self {
        let mut context = self.clone();
        if let Some(folder) = folder {
            context.config.archive.dir = folder.display().to_string();
        }
        context
    }

    /// The settings read again, from where they came from.
    ///
    /// # Errors
    /// A setting that is wrong.
    pub(crate) fn reloaded(&self) -> anyhow::Result<Self> {
        let again = Self::new(&self.typed)?;
        let (old, new) = (&self.config, &again.config);
        if self.database != again.database || !old.is_alike_from_the_start(new) {
            tracing::warn!(
                "settings of [store], [pipeline], [clean], [http] or [archive] changed too: they \
                 need a restart to count"
            );
        }
        Ok(again)
    }

    /// Workers that clean: as asked for, as set, else one a processor.
    pub(crate) fn jobs(&self, asked: Option<u16>) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        match (asked, self.config.pipeline.jobs) {
            (Some(jobs), _) => usize::from(jobs),
            (None, 0) => processors(),
            (None, jobs) => jobs,
        }
    }
}
