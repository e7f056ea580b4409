//! Pages in place of an article: walls, stubs, shells, errors.

use record::ReasonKind;

use super::{Case, Finding, phrases};

/// Words of a body from which a page is an article whatever stands around it.
const ARTICLE: usize = 180;
/// The same where walls and stubs speak.
const STUB: usize = 110;
/// Visible bytes that a wall has at most.
const WALL_TEXT: u32 = 6000;

fn found(kind: ReasonKind, why: &str) -> Finding {
    (kind, why.to_owned())
}

/// Bot walls, captchas, consent walls, login pages, parked domains.
pub(super) fn wall(case: &Case<'_>) -> Option<Finding> {
    if case.words >= ARTICLE || case.is_declared() && case.words >= 40 {
        return None;
    }
    consent(case)
        .or_else(|| captcha(case))
        .or_else(|| bot(case))
        .or_else(|| parked(case))
        .or_else(|| login(case))
}

fn bot(case: &Case<'_>) -> Option<Finding> {
    if case.traits.text > WALL_TEXT / 2 || case.traits.links > 25 {
        return None;
    }
    let phrase = phrases::find("bot", case.text());
    let source = phrases::source("bot", &case.sources);
    let titled = phrases::is_mostly("bot", &case.titles);
    let said = phrases::count("bot", case.text());
    let told = titled || said >= 2 || (phrase.is_some() && (source.is_some() || case.words < 60));
    let silent = source.is_some() && case.traits.text < 400;
    if told || silent { Some(found(ReasonKind::BotWall, phrase.or(source)?)) } else { None }
}

fn captcha(case: &Case<'_>) -> Option<Finding> {
    if case.traits.text > WALL_TEXT / 2 || case.traits.links > 25 {
        return None;
    }
    let phrase = phrases::find("captcha", case.text())?;
    let source = phrases::source("captcha", &case.sources);
    let titled = phrases::is_mostly("captcha", &case.titles);
    let told = source.is_some() || titled || phrases::count("captcha", case.text()) >= 2;
    if told && case.words < STUB { Some(found(ReasonKind::Captcha, phrase)) } else { None }
}

fn consent(case: &Case<'_>) -> Option<Finding> {
    let host = case.host.starts_with("consent.") || case.host.contains("cookie-consent");
    let path = case.path.contains("consent") || case.path.contains("privacy-wall");
    let said = phrases::count("consent", case.text());
    let source = phrases::source("consent", &case.sources).is_some();
    let asked = case.traits.text < 2 * WALL_TEXT && case.traits.links < 60;
    let needed = if host || path {
        1
    } else if source {
        3
    } else {
        4
    };
    // Many articles carry such a banner: the wall has no other text, or says so in its title.
    let titled = phrases::is_mostly("consent", &case.titles);
    let alone = case.words < 60 || host || (titled && said >= 6);
    let wall = asked && alone && said >= needed;
    if wall {
        Some(found(ReasonKind::ConsentWall, phrases::find("consent", case.text())?))
    } else {
        None
    }
}

fn login(case: &Case<'_>) -> Option<Finding> {
    let path = ["/login", "/signin", "/sign-in", "/sso/", "/account/login", "/auth/", "/anmelden"]
        .iter()
        .any(|part| case.path.contains(part));
    let titled = phrases::is_mostly("login", &case.titles);
    let said = phrases::count("login", case.text());
    let field = case.traits.passwords > 0;
    let short = case.traits.text < WALL_TEXT && case.words < STUB;
    let told = (field && (titled || path || said >= 3)) || (titled && path);
    if short && told {
        Some(found(ReasonKind::LoginPage, phrases::find("login", case.text()).unwrap_or("the URL")))
    } else {
        None
    }
}

fn parked(case: &Case<'_>) -> Option<Finding> {
    let phrase = phrases::find("parked", case.text());
    let source = phrases::source("parked", &case.sources);
    let short = case.traits.text < WALL_TEXT / 2 && case.words < STUB;
    let told = phrase.is_some() && (source.is_some() || case.traits.paragraphs <= 3);
    let silent = source.is_some() && case.traits.text < 600;
    if short && (told || silent) {
        Some(found(ReasonKind::ParkedDomain, phrase.or(source)?))
    } else {
        None
    }
}

/// A page that is empty until its scripts have run.
pub(super) fn shell(case: &Case<'_>) -> Option<Finding> {
    if case.words >= 30 || case.traits.text > 600 || case.traits.scripts == 0 {
        return None;
    }
    let phrase = phrases::find("script", case.text());
    let mount = case.traits.mounts > 0;
    let scripted = case.traits.scripts >= 2 || case.traits.script_text > 2000;
    if phrase.is_some() || mount || (case.traits.text < 120 && scripted) {
        Some(found(ReasonKind::ScriptShell, phrase.unwrap_or("hardly any text, only scripts")))
    } else {
        None
    }
}

/// "Not found" with status 200.
pub(super) fn not_found(case: &Case<'_>) -> Option<Finding> {
    let limit = if case.is_declared() { 25 } else { ARTICLE };
    if case.words >= limit {
        return None;
    }
    let title = case.fields.title.as_deref().map(record::fold).unwrap_or_default();
    let page = case.fields.page_title.as_deref().map(record::fold).unwrap_or_default();
    let told = phrases::is_mostly("notfound", &title) || phrases::is_mostly("notfound", &page);
    let path = case.path.ends_with("/404") || case.path.ends_with("/404.html");
    let said = phrases::count("notfound", case.text()) >= 2 && case.words < 60;
    if told || path || said {
        let phrase = phrases::find("notfound", case.text()).unwrap_or("the URL");
        Some(found(ReasonKind::SoftNotFound, phrase))
    } else {
        None
    }
}

/// The first lines of an article that is for sale.
pub(super) fn paywall(case: &Case<'_>) -> Option<Finding> {
    if case.words >= STUB {
        return None;
    }
    let paid = case.fields.free == Some(false);
    let phrase = phrases::find("paywall", case.text());
    let said = phrases::count("paywall", case.text());
    let walled = case.traits.paywalls > 0;
    if (paid && (phrase.is_some() || walled || case.words < 60))
        || (walled && phrase.is_some())
        || (said >= 2 && case.words < 80)
    {
        Some(found(ReasonKind::Paywall, phrase.unwrap_or("declared as not free, and short")))
    } else {
        None
    }
}
