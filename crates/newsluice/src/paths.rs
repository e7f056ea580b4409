//! Where files live by default: the XDG base directories.

use std::ffi::OsString;
use std::path::PathBuf;

/// `$XDG_CONFIG_HOME/newsluice`, else `~/.config/newsluice`.
pub(crate) fn config_dir() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config")
}

/// `$XDG_DATA_HOME/newsluice/news.db`, else below `~/.local/share`.
pub(crate) fn default_database() -> Option<PathBuf> {
    Some(base("XDG_DATA_HOME", ".local/share")?.join("news.db"))
}

fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v: &OsString| !v.is_empty());
    // The specification: a relative path in the variable is to be ignored.
    let root = set(variable).map(PathBuf::from).filter(|p| p.is_absolute());
    let root = root.or_else(|| Some(PathBuf::from(set("HOME")?).join(below_home)))?;
    Some(root.join("newsluice"))
}
