//! What opens a source and the way to it: secrets by reference, read when they are used.

use std::fmt;
use std::str::FromStr;

use fetch::{Credentials, Proxy};

use super::settings::{SettingsError, SourceSettings};

/// What requests to the source carry.
#[derive(Debug, Default)]
pub(crate) struct Access {
    /// Headers for the feed's origin.
    pub(crate) credentials: Option<Credentials>,
    /// The way to it.
    pub(crate) proxy: Option<Proxy>,
}

impl Access {
    /// Reads the secrets that the settings name, for the feed at `url`.
    ///
    /// # Errors
    /// The reference that leads nowhere; never the secret.
    pub(super) fn of(settings: &SourceSettings, url: &str) -> Result<Self, SettingsError> {
        let wrong = |e: &dyn fmt::Display| SettingsError(e.to_string());
        let proxy = settings.proxy.as_ref().map(Way::proxy).transpose()?;
        if settings.headers.is_empty() && settings.credential.is_none() {
            return Ok(Self { credentials: None, proxy });
        }
        let mut credentials = Credentials::new(url).map_err(|e| wrong(&e))?;
        for (name, reference) in &settings.headers {
            let value = reference.read()?;
            credentials = credentials.header(name, &value).map_err(|e| wrong(&e))?;
        }
        credentials = match &settings.credential {
            Some(Credential::Basic(user, secret)) => credentials.basic(user, &secret.read()?),
            Some(Credential::Bearer(secret)) => credentials.bearer(&secret.read()?),
            Some(Credential::Cookie(secret)) => credentials.cookie(&secret.read()?),
            None => credentials,
        };
        Ok(Self { credentials: Some(credentials), proxy })
    }
}

/// Where a secret is: `env:NAME`, `file:/path` or `credential:name` (systemd's).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference(String);

impl Reference {
    fn read(&self) -> Result<String, SettingsError> {
        fetch::read_secret(&self.0).map_err(|e| SettingsError(e.to_string()))
    }
}

impl FromStr for Reference {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        let is_reference = matches!(
            text.split_once(':'),
            Some(("env" | "file" | "credential", name)) if !name.is_empty()
        );
        if !is_reference {
            // The text is not repeated: it may be the secret itself.
            return Err(SettingsError(fetch::SecretError::Reference.to_string()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What opens a source: `basic:USER:REFERENCE`, `bearer:REFERENCE` or `cookie:REFERENCE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A user name, and where the password is.
    Basic(String, Reference),
    /// Where the token is.
    Bearer(Reference),
    /// Where the cookie is.
    Cookie(Reference),
}

impl FromStr for Credential {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        match text.split_once(':') {
            Some(("basic", rest)) => {
                let (user, secret) = rest.split_once(':').ok_or_else(unknown)?;
                Ok(Self::Basic(user.to_owned(), secret.parse()?))
            }
            Some(("bearer", secret)) => Ok(Self::Bearer(secret.parse()?)),
            Some(("cookie", secret)) => Ok(Self::Cookie(secret.parse()?)),
            _ => Err(unknown()),
        }
    }
}

fn unknown() -> SettingsError {
    let remedy = "not a credential; write basic:USER:REFERENCE, bearer:REFERENCE or \
                  cookie:REFERENCE, where a reference is env:NAME, file:/path or credential:name";
    SettingsError(remedy.to_owned())
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic(user, secret) => write!(f, "basic:{user}:{secret}"),
            Self::Bearer(secret) => write!(f, "bearer:{secret}"),
            Self::Cookie(secret) => write!(f, "cookie:{secret}"),
        }
    }
}

/// The way to a source: `direct`, a proxy's URL, or where that is, if it holds a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// Without any proxy.
    Direct,
    /// Through this one.
    Proxy(String),
    /// Through the one whose URL is there.
    Secret(Reference),
}

impl Way {
    fn proxy(&self) -> Result<Proxy, SettingsError> {
        let url = match self {
            Self::Direct => return Ok(Proxy::direct()),
            Self::Proxy(url) => url.clone(),
            Self::Secret(reference) => reference.read()?,
        };
        Proxy::new(&url, &[]).map_err(|e| SettingsError(e.to_string()))
    }
}

impl FromStr for Way {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        if text == "direct" {
            return Ok(Self::Direct);
        }
        if let Ok(reference) = text.parse() {
            return Ok(Self::Secret(reference));
        }
        Proxy::new(text, &[]).map_err(|e| SettingsError(format!("{e}, or direct")))?;
        if text.contains('@') {
            let remedy = "a proxy's URL with a password is a secret; write env:NAME, file:/path \
                          or credential:name, and put the URL there";
            return Err(SettingsError(remedy.to_owned()));
        }
        Ok(Self::Proxy(text.to_owned()))
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("direct"),
            Self::Proxy(url) => f.write_str(url),
            Self::Secret(reference) => reference.fmt(f),
        }
    }
}

super::text_form!(Reference, Credential, Way);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_where_they_are_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pw");
        std::fs::write(&path, "hunter2\n").unwrap();
        let credential = format!("basic:me:file:{}", path.display()).parse().unwrap();
        let mut settings =
            SourceSettings { credential: Some(credential), ..SourceSettings::default() };
        let access = Access::of(&settings, "https://example.org/feed").unwrap();
        assert!(access.credentials.is_some());
        assert!(!format!("{access:?} {settings:?}").contains("hunter2"));
        settings.headers.insert("X-Key".into(), "env:NO_SUCH_VARIABLE".parse().unwrap());
        let error = Access::of(&settings, "https://example.org/feed").unwrap_err().to_string();
        assert_eq!(error, "the environment variable NO_SUCH_VARIABLE is not set");
    }

    #[test]
    fn ways_and_credentials_are_written_as_they_are_read() {
        for text in ["direct", "http://proxy.example:3128", "env:PROXY"] {
            assert_eq!(text.parse::<Way>().unwrap().to_string(), text);
        }
        for text in ["basic:a b:env:X", "bearer:credential:token", "cookie:file:/run/c:d"] {
            assert_eq!(text.parse::<Credential>().unwrap().to_string(), text);
        }
        for text in ["basic:me", "hunter2", "bearer:hunter2", "digest:env:X"] {
            assert!(text.parse::<Credential>().is_err(), "{text}");
        }
    }
}
