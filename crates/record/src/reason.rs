//! Why an input did not become a record.

use std::fmt;

/// One reason: its kind, which is counted, and the detail, which people read.
///
/// Bad input is normal input: a reason is a value that travels with its task to the database
/// and to the tally, never an error that stops the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What kind of trouble it was.
    pub kind: ReasonKind,
    /// What exactly: empty where the kind says it all.
    pub detail: String,
}

impl Reason {
    /// A reason whose kind says it all.
    #[must_use]
    pub const fn of(kind: ReasonKind) -> Self {
        Self { kind, detail: String::new() }
    }

    /// A reason with its detail: lower case, no full stop.
    #[must_use]
    pub fn new(kind: ReasonKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.sentence())?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Reason {}

/// May trying the same again help?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Later, without anything else changing.
    Later,
    /// Only with another program version, setting or input.
    Never,
}

macro_rules! reason_kinds {
    ($($(#[$doc:meta])* $name:ident $code:literal $retry:ident $sentence:literal;)*) => {
        /// The kinds of reasons, each with the code that the database and `--json` show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReasonKind { $($(#[$doc])* $name,)* }

        impl ReasonKind {
            /// Every kind there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code, in kebab case.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What a person reads: lower case, no full stop.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// May trying the same again help?
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }
        }
    };
}

reason_kinds! {
    /// Nothing in it.
    Empty "empty" Never "empty input";
    /// Bytes that are no text.
    Binary "binary" Never "not text: binary data";
    /// More bytes than the cap allows.
    TooLarge "too-large" Never "larger than the cap";
    /// Nested deeper than the cap allows.
    TooDeep "too-deep" Never "nested deeper than the cap";
    /// More nodes, lines or attributes than the cap allows.
    TooComplex "too-complex" Never "more elements than the cap";
    /// A kind of content that is not read.
    UnsupportedType "unsupported-type" Never "a kind of content that is not read";
    /// No title to be found.
    NoTitle "no-title" Never "no title";
    /// Nothing of an article's body to be found.
    NoBody "no-body" Never "no body text";
    /// A front page.
    FrontPage "front-page" Never "a front page, not an article";
    /// A list of a section.
    SectionList "section-list" Never "a list of articles, not an article";
    /// A tag or search page.
    TagPage "tag-page" Never "a tag or search page, not an article";
    /// A gallery or video without text.
    MediaOnly "media-only" Never "a gallery or video without text";
    /// A bot wall.
    BotWall "bot-wall" Later "a wall against bots";
    /// A consent wall.
    ConsentWall "consent-wall" Later "a consent page in place of the article";
    /// A captcha.
    Captcha "captcha" Later "a captcha in place of the article";
    /// The stub before a paywall.
    Paywall "paywall" Never "the stub before a paywall";
    /// A login page.
    LoginPage "login-page" Never "a login page in place of the article";
    /// A page that says "not found" with status 200.
    SoftNotFound "soft-not-found" Never "a page that says it was not found";
    /// A parked domain.
    ParkedDomain "parked-domain" Never "a parked domain";
    /// A page that is empty without JavaScript.
    ScriptShell "script-shell" Never "an empty page that wants JavaScript";
    /// Not a feed.
    NotAFeed "not-a-feed" Later "not a feed";
    /// Not a URL that can be fetched.
    BadUrl "bad-url" Never "not an http(s) URL";
    /// robots.txt says no.
    Robots "robots" Later "robots.txt forbids it";
    /// The address guard said no.
    BlockedAddress "blocked-address" Never "a private address: see fetch.allow_nets";
    /// The host's name has no address.
    Dns "dns" Later "the host's name was not found";
    /// No connection.
    Connect "connect" Later "no connection";
    /// No secure connection.
    Tls "tls" Later "no secure connection";
    /// The deadline passed.
    Timeout "timeout" Later "no complete answer within the deadline";
    /// The answer broke off or was malformed.
    BrokenAnswer "broken-answer" Later "an incomplete or malformed answer";
    /// An error status that may pass.
    HttpStatus "http-status" Later "an error status";
    /// 404 or another lasting refusal.
    NotFound "not-found" Later "not found";
    /// 410.
    Gone "gone" Never "gone for good";
    /// Too many redirects, or in circles.
    RedirectLoop "redirect-loop" Later "too many redirects";
    /// The host asked for a pause.
    HostHold "host-hold" Later "the host asked for a pause";
    /// A file or folder could not be read.
    Unreadable "unreadable" Later "cannot be read";
    /// A line or member of an archive is malformed.
    Malformed "malformed" Never "malformed";
    /// The source's settings name what there is not: a secret, most often.
    Settings "settings" Later "the source's settings cannot be used";
    /// A filter of the user's took it.
    Filtered "filtered" Never "taken by a filter";
    /// The program failed on it.
    Crash "crash" Later "the program failed on it: please report";
}

impl ReasonKind {
    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_one_kind() {
        for kind in ReasonKind::ALL {
            assert_eq!(ReasonKind::from_code(kind.code()), Some(*kind));
            assert!(!kind.sentence().ends_with('.'));
        }
    }

    #[test]
    fn a_reason_reads_as_a_sentence() {
        let reason = Reason::new(ReasonKind::HttpStatus, "503 service unavailable");
        assert_eq!(reason.to_string(), "an error status: 503 service unavailable");
    }
}
