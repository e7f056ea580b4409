//! Settings: the embedded default, the file, the environment and `--set`, in rising order.
//!
//! All four are merged as TOML tables first; the embedded default says which keys there are
//! and of what type, so that an unknown key is an error with a suggestion, whatever it came
//! from. The result is read into [`Config`] once; nobody else sees the tables.

mod merge;
mod quantity;
pub(crate) mod reference;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

pub(crate) use quantity::{Age, Duration, Size};

/// The default settings, with their comments.
pub(crate) const DEFAULT: &str = include_str!("../../../config/newsluice.toml");

/// Why the settings cannot be used. Each names where the setting came from and the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("config {}: cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML.
    #[error("config {origin}: not TOML: {message}")]
    Syntax {
        /// The file.
        origin: String,
        /// What the parser says.
        message: String,
    },
    /// A key that does not exist.
    #[error("config {origin}: unknown setting '{key}'{}", suggestion.as_ref().map(|s| format!("; did you mean '{s}'?")).unwrap_or_default())]
    UnknownKey {
        /// File, environment variable or flag.
        origin: String,
        /// The key as given.
        key: String,
        /// The nearest key that exists.
        suggestion: Option<String>,
    },
    /// A value of the wrong kind.
    #[error("config: {0}")]
    Value(String),
}

/// All settings, as `config/newsluice.toml` documents them.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Config {
    pub(crate) store: StoreConfig,
    pub(crate) pipeline: PipelineConfig,
    pub(crate) fetch: FetchConfig,
    pub(crate) schedule: ScheduleConfig,
    pub(crate) retention: RetentionConfig,
    pub(crate) clean: CleanConfig,
    pub(crate) dedup: DedupConfig,
    pub(crate) archive: ArchiveConfig,
    pub(crate) http: HttpConfig,
    pub(crate) log: LogConfig,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct StoreConfig {
    pub(crate) path: String,
    pub(crate) batch: usize,
    pub(crate) batch_wait: Duration,
    pub(crate) busy_timeout: Duration,
    pub(crate) trails: Duration,
    pub(crate) min_free: Size,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct RetentionConfig {
    pub(crate) bodies: Age,
    pub(crate) revisions: Age,
    pub(crate) size: Size,
    pub(crate) raw: Age,
    pub(crate) raw_size: Size,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct PipelineConfig {
    pub(crate) jobs: usize,
    pub(crate) queue: usize,
    pub(crate) memory: Size,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FetchConfig {
    pub(crate) contact: String,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: Size,
    pub(crate) page_limit: Size,
    pub(crate) concurrency: usize,
    pub(crate) per_host: usize,
    pub(crate) host_delay: Duration,
    pub(crate) redirects: usize,
    pub(crate) allow_nets: Vec<String>,
    pub(crate) ca_file: String,
    pub(crate) ca_only: bool,
    pub(crate) proxy: String,
    pub(crate) proxy_except: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ScheduleConfig {
    pub(crate) interval: String,
    pub(crate) verify_304: u32,
    pub(crate) refetch: Duration,
    pub(crate) min_interval: Duration,
    pub(crate) max_interval: Duration,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct CleanConfig {
    pub(crate) text_limit: Size,
    pub(crate) sites: String,
    pub(crate) tracking: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DedupConfig {
    pub(crate) window_days: u16,
    pub(crate) strictness: Strictness,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct ArchiveConfig {
    pub(crate) dir: String,
    pub(crate) rotate: Size,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct HttpConfig {
    pub(crate) listen: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LogConfig {
    pub(crate) format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

/// How much must agree before two texts count as copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Strictness {
    Strict,
    Balanced,
    Eager,
}

/// Where settings come from, as typed and found.
#[derive(Debug, Default)]
pub(crate) struct Sources<'a> {
    /// `--config`: must exist where given.
    pub(crate) file: Option<&'a Path>,
    /// Variables of the environment: name and value.
    pub(crate) environment: Vec<(String, String)>,
    /// `--set section.key=value`.
    pub(crate) set: &'a [String],
}

/// Reads and merges all settings.
///
/// # Errors
/// The first thing that is wrong, in the order file, environment, flags.
pub(crate) fn load(sources: &Sources<'_>) -> Result<Config, ConfigError> {
    let table = effective(sources)?;
    let config =
        Config::deserialize(table).map_err(|e| ConfigError::Value(one_line(&e.to_string())))?;
    config.validate()?;
    Ok(config)
}

/// The settings in force, for `check --print`: a proxy without user name and password.
pub(crate) fn shown(sources: &Sources<'_>) -> Result<Table, ConfigError> {
    let mut table = effective(sources)?;
    let fetch = table.get_mut("fetch").and_then(toml::Value::as_table_mut);
    if let Some(toml::Value::String(proxy)) = fetch.and_then(|fetch| fetch.get_mut("proxy")) {
        *proxy = fetch::Credentials::from_url(proxy).0;
    }
    Ok(table)
}

/// The merged table.
fn effective(sources: &Sources<'_>) -> Result<Table, ConfigError> {
    let mut table = parse("(built in)", DEFAULT)?;
    if let Some(path) = config_file(sources.file) {
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        let origin = path.display().to_string();
        merge::table(&mut table, &parse(&origin, &text)?, &origin)?;
    }
    for (name, value) in &sources.environment {
        if let Some((key, value)) = of_variable(&table, name, value)? {
            merge::set(&mut table, &key, &value, name)?;
        }
    }
    for assignment in sources.set {
        let Some((key, value)) = assignment.split_once('=') else {
            let hint = format!("--set {assignment}: write it as section.key=value");
            return Err(ConfigError::Value(hint));
        };
        merge::set(&mut table, key.trim(), value.trim(), "--set")?;
    }
    Ok(table)
}

/// The `section.key` that a variable sets, and the value: its own, or with `_FILE` at the end of
/// its name the content of the file that it names, for secrets.
fn of_variable(
    table: &Table,
    name: &str,
    value: &str,
) -> Result<Option<(String, String)>, ConfigError> {
    let named = merge::key_of_variable(table, name);
    let base = name.strip_suffix("_FILE").map(|base| merge::key_of_variable(table, base));
    match (named, base) {
        (Err(_), Some(Ok(Some(key)))) => {
            let text = std::fs::read_to_string(value)
                .map_err(|e| ConfigError::Value(format!("{name}: {value}: {e}")))?;
            Ok(Some((key, text.trim_end_matches(['\r', '\n']).to_owned())))
        }
        (named, _) => Ok(named?.map(|key| (key, value.to_owned()))),
    }
}

/// The file named, else the one in the user's configuration folder if there is one.
fn config_file(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(path) = named {
        return Some(path.to_owned());
    }
    let path = crate::paths::config_dir()?.join("newsluice.toml");
    path.exists().then_some(path)
}

fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>()
        .map_err(|e| ConfigError::Syntax { origin: origin.to_owned(), message: place(text, &e) })
}

/// Where and why, without the line itself: there may be a password in it.
fn place(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!("line {line}: {}", one_line(error.message()))
}

fn one_line(message: &str) -> String {
    message.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ")
}

impl Config {
    /// Are those settings the same that are read once, when a run begins?
    pub(crate) fn is_alike_from_the_start(&self, other: &Self) -> bool {
        (&self.store, &self.pipeline, &self.retention, &self.clean, &self.http, &self.archive)
            == (
                &other.store,
                &other.pipeline,
                &other.retention,
                &other.clean,
                &other.http,
                &other.archive,
            )
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let positive = [
            ("store.batch", self.store.batch),
            ("pipeline.queue", self.pipeline.queue),
            ("fetch.concurrency", self.fetch.concurrency),
            ("fetch.per_host", self.fetch.per_host),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err(ConfigError::Value(format!("{key} must be at least 1")));
            }
        }
        if self.schedule.min_interval.0 > self.schedule.max_interval.0 {
            let hint = "schedule.min_interval is above schedule.max_interval";
            return Err(ConfigError::Value(hint.to_owned()));
        }
        let window = std::time::Duration::from_hours(24 * u64::from(self.dedup.window_days));
        if self.retention.bodies.0.is_some_and(|age| age < window) {
            let hint = "retention.bodies is shorter than dedup.window_days: copies are verified \
                        by the texts of that time";
            return Err(ConfigError::Value(hint.to_owned()));
        }
        self.schedule.fixed_interval().map(drop)
    }
}

impl ScheduleConfig {
    /// The interval that replaces every feed's own rhythm, if one is set.
    pub(crate) fn fixed_interval(&self) -> Result<Option<Duration>, ConfigError> {
        if self.interval.is_empty() {
            return Ok(None);
        }
        let parsed = self.interval.parse::<Duration>();
        parsed.map(Some).map_err(|e| ConfigError::Value(format!("schedule.interval: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[&str], environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let set: Vec<String> = set.iter().map(ToString::to_string).collect();
        let environment =
            environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let nowhere = Path::new("/dev/null");
        load(&Sources { file: Some(nowhere), environment, set: &set })
    }

    #[test]
    fn the_file_that_people_read_is_the_default() {
        let config = with(&[], &[]).unwrap();
        assert_eq!(config.fetch.per_host, 2);
        assert_eq!(config.fetch.body_limit.0, 24 << 20);
    }

    #[test]
    fn flags_win_over_the_environment() {
        let config = with(
            &["fetch.timeout=1.5", "fetch.allow_nets=127.0.0.0/16,::1/128"],
            &[("NEWSLUICE_FETCH_TIMEOUT", "9s"), ("NEWSLUICE_STORE_BATCH", "7"), ("HOME", "/")],
        )
        .unwrap();
        assert_eq!(config.fetch.timeout.0, std::time::Duration::from_millis(1500));
        assert_eq!(config.fetch.allow_nets, ["127.0.0.0/16", "::1/128"]);
        assert_eq!(config.store.batch, 7);
    }

    #[test]
    fn unknown_keys_are_errors_with_a_suggestion() {
        let message = with(&["fetch.timout=1s"], &[]).unwrap_err().to_string();
        assert_eq!(
            message,
            "config --set: unknown setting 'fetch.timout'; did you mean 'fetch.timeout'?"
        );
        let message = with(&[], &[("NEWSLUICE_FETCH_TIMOUT", "1s")]).unwrap_err().to_string();
        assert!(message.contains("did you mean 'NEWSLUICE_FETCH_TIMEOUT'?"), "{message}");
    }

    #[test]
    fn values_of_the_wrong_kind_name_the_key() {
        for set in ["fetch.timeout=soon", "store.batch=many", "pipeline.memory=-1", "store.batch=0"]
        {
            let message = with(&[set], &[]).unwrap_err().to_string();
            let key = set.split('=').next().unwrap().split('.').next_back().unwrap();
            assert!(message.contains(key), "{set}: {message}");
        }
    }
}
