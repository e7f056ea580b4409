//! How a crawl behaves: everything about it that a reload of the settings may change.

use std::sync::Arc;
use std::time::Duration;

use fetch::Client;
use fetch::schedule::Rules;
use store::NewFeed;

use super::page_task::BackOff;
use super::web;
use crate::context::Context;
use crate::source::Passwords;

/// The wait after a page's first failure.
const FIRST_BACK_OFF: Duration = Duration::from_mins(5);

/// How a crawl behaves.
pub(crate) struct Manners {
    /// Asks the web.
    pub(super) client: Arc<Client>,
    /// What opens feeds beside their settings.
    pub(super) passwords: Passwords,
    /// When feeds are polled again.
    pub(super) rules: Rules,
    /// When failed pages are tried again.
    pub(super) back_off: BackOff,
    /// Requests under way at once, in all and to one host.
    pub(super) concurrency: usize,
    /// See above.
    pub(super) per_host: usize,
    /// After how many 304s of a host one is checked; 0 = never.
    pub(super) verify_304: u32,
}

impl Manners {
    /// As the settings say.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub(crate) fn new(context: &Context, passwords: Passwords) -> anyhow::Result<Self> {
        let config = &context.config;
        let schedule = &config.schedule;
        let fixed = schedule.fixed_interval()?.map(|interval| interval.0);
        Ok(Self {
            client: Arc::new(web::client(context)?),
            passwords,
            rules: Rules {
                min_interval: schedule.min_interval.0,
                max_interval: schedule.max_interval.0,
                interval: fixed,
                ..Rules::default()
            },
            back_off: BackOff { base: fixed.unwrap_or(FIRST_BACK_OFF) },
            concurrency: config.fetch.concurrency,
            per_host: config.fetch.per_host,
            // An operator who sets the pace wants that pace and nothing beside it.
            verify_304: if fixed.is_some() { 0 } else { schedule.verify_304 },
        })
    }
}

/// What a reload brought.
pub(crate) struct Reloaded {
    /// How to behave from now on.
    pub(crate) manners: Manners,
    /// The list of feeds, read again.
    pub(crate) feeds: Vec<NewFeed>,
}

/// Reads settings and feed list again, when a signal asks for it.
pub(crate) type Reload<'a> = &'a dyn Fn() -> anyhow::Result<Reloaded>;
