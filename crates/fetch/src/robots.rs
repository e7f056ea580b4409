//! robots.txt (RFC 9309): which pages of a host may be asked for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::robots_path::{matches, normalized};

pub use crate::robots_copy::Copy;

/// Bytes of a robots.txt that are read; RFC 9309 2.5 asks for at least this.
pub(crate) const MAX_BYTES: usize = 500 * 1024;
/// Sitemaps taken from one robots.txt.
const MAX_SITEMAPS: usize = 100;

/// The rules of a robots.txt for one product: plain values, to be kept and stored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rules {
    lines: Vec<Rule>,
    /// `Crawl-delay`, which is not in the standard but widely written.
    pub crawl_delay: Option<Duration>,
    /// `Sitemap` lines, in order, as they were written.
    pub sitemaps: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rule {
    allow: bool,
    pattern: String,
}

/// Rules of the groups that name the product, and of those for everyone.
#[derive(Default)]
struct Groups {
    named: bool,
    own: Vec<Rule>,
    own_delay: Option<Duration>,
    all: Vec<Rule>,
    all_delay: Option<Duration>,
    sitemaps: Vec<String>,
}

/// Which groups the current lines belong to.
#[derive(Default)]
struct Cursor {
    own: bool,
    all: bool,
    in_rules: bool,
}

impl Rules {
    /// Reads a robots.txt for a product token such as `newsluice`: the groups that name it,
    /// whatever its case, are one (RFC 9309 2.2.1); without any, those for `*` are.
    ///
    /// Never fails: what is not understood is skipped. Linear in the bytes, of which the first
    /// 500 KiB count.
    ///
    /// ```
    /// let text = "User-agent: *\nDisallow: /private/\nAllow: /private/press$\n";
    /// let rules = fetch::robots::Rules::parse(text.as_bytes(), "newsluice");
    /// assert!(rules.allows("/news"));
    /// assert!(!rules.allows("/private/diary"));
    /// assert!(rules.allows("/private/press"));
    /// ```
    #[must_use]
    pub fn parse(bytes: &[u8], product: &str) -> Self {
        let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        let mut groups = Groups::default();
        let mut cursor = Cursor::default();
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            if let Some((key, value)) = line.split_once(':') {
                groups.line(&mut cursor, key.trim(), value.trim(), product);
            }
        }
        groups.choose()
    }

    /// May the product ask for this path (with its query)? The longest pattern that matches
    /// decides, of two as long the one that allows (RFC 9309 2.2.2).
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" || self.lines.is_empty() {
            return true;
        }
        let path = normalized(path);
        let matching = self.lines.iter().filter(|rule| matches(&rule.pattern, &path));
        matching.max_by_key(|rule| (rule.pattern.len(), rule.allow)).is_none_or(|rule| rule.allow)
    }

    /// Bytes that keeping these rules takes, about.
    pub(crate) fn size(&self) -> usize {
        let rules: usize = self.lines.iter().map(|rule| rule.pattern.len() + 40).sum();
        rules + self.sitemaps.iter().map(|url| url.len() + 24).sum::<usize>() + 200
    }
}

impl Groups {
    fn line(&mut self, cursor: &mut Cursor, key: &str, value: &str, product: &str) {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if is("user-agent") || is("useragent") || is("user agent") {
            self.agent(cursor, value, product);
        } else if is("allow") || is("disallow") {
            cursor.in_rules = true;
            self.rule(cursor, is("allow"), value);
        } else if is("crawl-delay") {
            cursor.in_rules = true;
            self.delay(cursor, value);
        } else if is("sitemap") && self.sitemaps.len() < MAX_SITEMAPS && value.len() <= 8192 {
            self.sitemaps.push(value.to_owned());
        }
    }

    fn agent(&mut self, cursor: &mut Cursor, value: &str, product: &str) {
        if cursor.in_rules {
            *cursor = Cursor::default();
        }
        let is_token = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_');
        let token = value.split(|c| !is_token(c)).next().unwrap_or_default();
        cursor.all |= value.starts_with('*');
        cursor.own |= !token.is_empty() && token.eq_ignore_ascii_case(product);
        self.named |= cursor.own;
    }

    fn rule(&mut self, cursor: &Cursor, allow: bool, value: &str) {
        // `Disallow:` with nothing forbids nothing.
        if value.is_empty() || !(cursor.own || cursor.all) {
            return;
        }
        let slash = if value.starts_with(['/', '*']) { "" } else { "/" };
        let rule = Rule { allow, pattern: normalized(&format!("{slash}{value}")) };
        if cursor.all {
            self.all.push(rule.clone());
        }
        if cursor.own {
            self.own.push(rule);
        }
    }

    fn delay(&mut self, cursor: &Cursor, value: &str) {
        let seconds = value.parse::<f64>().ok().filter(|s| s.is_finite() && (0.0..1e9).contains(s));
        let Some(delay) = seconds.map(Duration::from_secs_f64) else { return };
        if cursor.all {
            self.all_delay = self.all_delay.max(Some(delay));
        }
        if cursor.own {
            self.own_delay = self.own_delay.max(Some(delay));
        }
    }

    fn choose(self) -> Rules {
        let (lines, crawl_delay) =
            if self.named { (self.own, self.own_delay) } else { (self.all, self.all_delay) };
        Rules { lines, crawl_delay, sitemaps: self.sitemaps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(text: &str) -> Rules {
        Rules::parse(text.as_bytes(), "newsluice")
    }

    #[test]
    fn the_example_of_the_standard() {
        // RFC 9309 5.1 and 5.2
        let text = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
                    User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/allowed.gif\n\n\
                    User-Agent: barbot\nUser-Agent: newsluice\nDisallow: /example/page.html\n";
        let all = Rules::parse(text.as_bytes(), "other");
        assert!(!all.allows("/a.gif") && !all.allows("/example/x") && all.allows("/a.gifs"));
        let foo = Rules::parse(text.as_bytes(), "FooBot");
        assert!(
            !foo.allows("/x") && foo.allows("/example/page.html") && foo.allows("/allowed.gif")
        );
        let own = rules(text);
        assert!(own.allows("/a.gif") && !own.allows("/example/page.html"));
        let tie = rules("User-agent: *\nAllow: /p\nDisallow: /\nDisallow: /p");
        assert!(tie.allows("/page") && !tie.allows("/x"));
    }

    #[test]
    fn groups_of_one_product_are_one() {
        let text = "user-agent: newsluice/2\ndisallow: /a\n\nuser-agent: *\ndisallow: /\n\n\
                    sitemap: https://example.org/s.xml\nUSER-AGENT: NewsLuice\ndisallow: /b\n\
                    crawl-delay: 1.5";
        let rules = rules(text);
        assert!(!rules.allows("/a") && !rules.allows("/b") && rules.allows("/c"));
        assert_eq!(rules.crawl_delay, Some(Duration::from_millis(1500)));
        assert_eq!(rules.sitemaps, ["https://example.org/s.xml"]);
    }

    #[test]
    fn a_group_that_names_us_and_says_nothing_allows_all() {
        let rules = rules("User-agent: *\nDisallow: /\nUser-agent: newsluice\nDisallow:\n");
        assert!(rules.allows("/x"));
    }

    #[test]
    fn odd_files_are_read() {
        assert!(!rules("\u{feff}User-agent: *\rDisallow: /a # not this\r").allows("/a"));
        assert!(!rules("User-agent: *\nDisallow: private").allows("/private"));
        assert!(rules("Disallow: /").allows("/a"));
        assert!(rules("<html><title>Not found</title></html>").allows("/a"));
        assert!(rules("").allows("/a"));
        assert!(rules("User-agent: *\nDisallow: /").allows("/robots.txt"));
        assert_eq!(rules("User-agent: *\nCrawl-delay: -1\nCrawl-delay: NaN").crawl_delay, None);
        assert!(rules("User-agent: newsluicer\nDisallow: /").allows("/a"));
    }

    #[test]
    fn the_first_500_kib_count() {
        let filler = "# filler\n".repeat(56_000);
        assert!(filler.len() < MAX_BYTES - 100);
        let text = format!("User-agent: *\n{filler}Disallow: /late\n");
        assert!(!rules(&text).allows("/late"));
        let beyond = format!("User-agent: *\n{}Disallow: /late\n", "# filler\n".repeat(57_000));
        assert!(rules(&beyond).allows("/late"));
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), path in ".{0,40}") {
            let rules = Rules::parse(&bytes, "newsluice");
            prop_assert!(rules.allows("/robots.txt"));
            prop_assert_eq!(rules.allows(&path), rules.allows(&path));
        }

        #[test]
        fn rules_come_back_from_json(text in "((User-agent: \\*|Disallow: /[a-z*$]{0,5})\n){0,9}") {
            let rules = rules(&text);
            let json = serde_json::to_string(&rules).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rules>(&json).unwrap(), rules);
        }
    }
}
