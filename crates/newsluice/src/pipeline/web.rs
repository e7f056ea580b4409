//! The client that asks the web, set up from the settings.

use std::sync::Arc;

use anyhow::Context as _;
use fetch::{Client, Net, Proxy, Settings};

use crate::config::{Config, ConfigError};
use crate::context::Context;

/// The client that all requests of this process go through.
///
/// # Errors
/// A setting that cannot be used: which, and why.
pub(crate) fn client(context: &Context) -> anyhow::Result<Client> {
    let settings = settings(&context.config)?;
    if context.config.fetch.contact.trim().is_empty() && !context.quiet {
        tracing::warn!(
            "fetch.contact is not set: site owners find only this program's page, not you, and \
             some refuse strangers; set it to your e-mail or web address"
        );
    }
    Client::new(settings).context("cannot set up the client for the web")
}

fn settings(config: &Config) -> Result<Settings, ConfigError> {
    let fetch = &config.fetch;
    let wrong =
        |key: &str, why: &dyn std::fmt::Display| ConfigError::Value(format!("fetch.{key}: {why}"));
    let allow_nets: Result<Vec<Net>, _> = fetch.allow_nets.iter().map(|net| net.parse()).collect();
    let mut settings = Settings::new(Arc::new(crate::clock::now));
    settings.contact = text(&fetch.contact).or_else(|| text(env!("CARGO_PKG_REPOSITORY")));
    settings.timeout = fetch.timeout.0;
    settings.allow_nets = allow_nets.map_err(|e| wrong("allow_nets", &e))?;
    settings.ca_file = text(&fetch.ca_file).map(Into::into);
    settings.ca_only = fetch.ca_only;
    if settings.ca_only && settings.ca_file.is_none() {
        let why =
            "trusts the authorities of fetch.ca_file alone, which is not set; name a PEM file";
        return Err(wrong("ca_only", &why));
    }
    settings.feed_limit = fetch.body_limit.0;
    settings.page_limit = fetch.page_limit.0;
    settings.per_host = fetch.per_host;
    settings.host_delay = fetch.host_delay.0;
    settings.max_redirects = fetch.redirects;
    if let Some(url) = text(&fetch.proxy) {
        let proxy = Proxy::new(&url, &fetch.proxy_except).map_err(|e| wrong("proxy", &e))?;
        settings.proxy = Some(proxy);
    }
    Ok(settings)
}

/// A text setting; empty means not set.
fn text(setting: &str) -> Option<String> {
    Some(setting.trim()).filter(|s| !s.is_empty()).map(str::to_owned)
}
