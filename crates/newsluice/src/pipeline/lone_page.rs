//! One page by itself, for the verbs that use a stage alone.

use fetch::Request;
use record::Page;

use super::envelope::{Captured, PageHints};
use super::{page_task, web};
use crate::context::Context;

/// The answer as the clean stage takes it.
pub(crate) fn captured(page: Page) -> Captured {
    page_task::captured(page, PageHints::default())
}

/// Fetches one page by itself, for the verbs that use a stage alone.
///
/// # Errors
/// What the settings say; a page that cannot be had is a [`Captured::Failed`].
pub(crate) async fn fetch_page(context: &Context, url: &str) -> anyhow::Result<Captured> {
    let client = web::client(context)?;
    Ok(match client.get(&Request::page(url)).await {
        Ok(answer) => captured(answer.page),
        Err(failure) => Captured::Failed(failure.reason),
    })
}
