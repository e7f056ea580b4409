//! `check`: are the settings and site rules right, and can the database be used?

use crate::cli::{CheckArgs, Common};
use crate::config::{self, Sources};
use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::site_rules;

/// Checks the settings and the site rules by their pages, then the database if there is one. Never changes either.
pub(super) fn run(
    sources: &Sources<'_>,
    common: &Common,
    args: &CheckArgs,
) -> anyhow::Result<Exit> {
    if args.schema {
        output::say(&serde_json::to_string_pretty(&config::reference::schema())?)?;
        return Ok(Exit::Done);
    }
    let context = Context::new(common)?;
    if args.print {
        output::say(config::shown(sources)?.to_string().trim_end())?;
        return Ok(Exit::Done);
    }
    output::say("settings: fine")?;
    if context.config.fetch.contact.is_empty() {
        output::say("settings: fetch.contact is empty; site owners cannot reach you (advice)")?;
    }
    let mut fine = true;
    if let Some(folder) = site_rules::folder(&context.config.clean.sites) {
        let (problems, rules) = site_rules::check(&folder)?;
        for problem in &problems {
            output::complain(problem);
        }
        fine = problems.is_empty();
        let said = if fine { "fine" } else { "see above" };
        output::say(&format!("site rules {}: {rules}, {said}", folder.display()))?;
    }
    let database = context.database.display();
    if context.database.exists() {
        let problems = store::Reader::open(&context.database)?.check()?;
        for problem in &problems {
            output::complain(&format!("database {database}: {problem}"));
        }
        if !problems.is_empty() {
            return Ok(Exit::SomeFailed);
        }
        output::say(&format!("database {database}: fine"))?;
    } else {
        output::say(&format!("database {database}: not there yet; the first run makes it"))?;
    }
    Ok(if fine { Exit::Done } else { Exit::SomeFailed })
}
