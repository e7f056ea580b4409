//! The folder of site rules: read when the settings are, tested by `check`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clean::{SiteRule, SiteRules};

/// Rules that one folder may have.
const MAX_RULES: usize = 1_000;

/// Largest file of a rule, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Largest page beside a rule, in bytes.
const MAX_PAGE: u64 = 8 * 1024 * 1024;

/// The folder that is set, else `sites` beside the settings if it is there.
pub(crate) fn folder(set: &str) -> Option<PathBuf> {
    if !set.is_empty() {
        return Some(set.into());
    }
    crate::paths::config_dir().map(|dir| dir.join("sites")).filter(|dir| dir.is_dir())
}

/// All rules of a folder, in the order of their names.
///
/// # Errors
/// A folder or file that cannot be read, a rule that is wrong.
pub(crate) fn load(folder: Option<&Path>) -> anyhow::Result<SiteRules> {
    let Some(folder) = folder else { return Ok(SiteRules::default()) };
    let rules = files(folder)?.iter().map(|path| read(path)).collect::<anyhow::Result<_>>()?;
    Ok(SiteRules::new(rules))
}

/// What is wrong with the rules of a folder by the pages beside them, a sentence a rule, and how
/// many rules there are.
///
/// # Errors
/// As [`load`].
pub(crate) fn check(folder: &Path) -> anyhow::Result<(Vec<String>, usize)> {
    let files = files(folder)?;
    let mut problems = Vec::new();
    for path in &files {
        let rule = read(path)?;
        let page = path.with_extension("html");
        if !page.is_file() {
            problems.push(format!(
                "site rule {}: no page beside it; save one as {}",
                rule.name(),
                page.display()
            ));
            continue;
        }
        problems.extend(rule.verify(&bytes(&page, MAX_PAGE)?).err().map(|e| e.to_string()));
    }
    Ok((problems, files.len()))
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let named = || format!("site rules {}", folder.display());
    let entries = std::fs::read_dir(folder).with_context(named)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let path = entry.with_context(named)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    if files.len() > MAX_RULES {
        bail!("{}: more than {MAX_RULES} rules", named());
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> anyhow::Result<SiteRule> {
    let text = String::from_utf8(bytes(path, MAX_FILE)?)
        .map_err(|_| anyhow::anyhow!("site rule {}: not UTF-8", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(SiteRule::parse(&name, &text)?)
}

fn bytes(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let named = || format!("site rule {}", path.display());
    let size = std::fs::metadata(path).with_context(named)?.len();
    if size > most {
        bail!("{}: {size} bytes (at most {most})", named());
    }
    std::fs::read(path).with_context(named)
}
