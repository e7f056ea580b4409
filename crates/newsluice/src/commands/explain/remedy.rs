//! What a person can do about each reason why there is no article.

use record::ReasonKind;

/// One sentence for every reason: what to do, or why nothing needs to be done.
pub(super) const fn of(kind: ReasonKind) -> &'static str {
    use ReasonKind as K;
    match kind {
        K::Empty => "open it in a browser: if there is an article, tell the site's owner",
        K::Binary => "it is no text; leave it, or convert it before 'replay'",
        K::TooLarge => {
            "raise fetch.page_limit, fetch.body_limit or clean.text_limit if you need it"
        }
        K::TooDeep | K::TooComplex => {
            "such pages are made to hurt parsers; if it is an honest one, report it with its URL"
        }
        K::UnsupportedType => "only HTML and text become records; images, films and PDF do not",
        K::NoTitle => {
            "no headline was found; 'newsluice clean URL' shows it, please report the page"
        }
        K::NoBody => {
            "no running text was found; if the page shows one, it comes by script: see whether the \
             feed holds the full text"
        }
        K::FrontPage | K::SectionList | K::TagPage => {
            "it links to articles and is none; if it is one, report it with its URL"
        }
        K::MediaOnly => "there is a film or gallery and no text to keep; nothing to do",
        K::BotWall => {
            "the site wants a browser: ask its owner for access, set fetch.contact, or use its \
             feed's own text; then 'newsluice retry --url URL'"
        }
        K::ConsentWall => {
            "the site answers with a consent page: look for a feed with full text, or ask its owner"
        }
        K::Captcha => {
            "poll more gently (fetch.host_delay, fetch.per_host) and set fetch.contact; then \
             'newsluice retry --url URL'"
        }
        K::Paywall => "only subscribers see the text: configure credentials if you are one",
        K::LoginPage => "the site wants a login: configure credentials if you have them",
        K::SoftNotFound => "the article was taken down although the status says 200; nothing to do",
        K::ParkedDomain => "the domain was given up; remove its feed",
        K::ScriptShell => {
            "the page is made by JavaScript, which is not run: use the feed's own text"
        }
        K::NotAFeed => "try 'newsluice fetch URL' to see what is there; the feed may have moved",
        K::BadUrl => "correct the URL: it must begin with http:// or https://",
        K::Robots => "the site's robots.txt forbids it and is heeded; ask its owner",
        K::BlockedAddress => "open the network with fetch.allow_nets if you mean it",
        K::Dns => "check the host's spelling and this machine's name server; it is tried again",
        K::Connect => {
            "check that the host is up and that a firewall lets you out; it is tried again"
        }
        K::Tls => {
            "check the site's certificate and this machine's clock; fetch.ca_file adds an authority"
        }
        K::Timeout => "the host is slow: raise fetch.timeout, or wait: it is tried again",
        K::BrokenAnswer => "the answer broke off: it is tried again; if it goes on, tell the owner",
        K::HttpStatus => "the server has trouble, or refuses: it is tried again with longer pauses",
        K::NotFound => "the page is not there (any more): it is tried once more, then given up",
        K::Gone => "the page was taken away for good; nothing to do",
        K::RedirectLoop => "the site sends in circles, often for want of a cookie: tell the owner",
        K::HostHold => "the host asked for a pause, which is kept; it goes on by itself",
        K::Unreadable => {
            "check that the file is there and that you may read it; then 'replay' again"
        }
        K::Malformed => "mend the line or the archive's member and 'replay' again",
        K::Settings => "see that what the source's settings name is there: 'newsluice feed set'",
        K::Filtered => "a filter of yours took it: change the feed's filter if it should not have",
        K::Crash => "a fault of the program: please report it with the URL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_remedy_in_one_line() {
        for kind in ReasonKind::ALL {
            let remedy = of(*kind);
            assert!(
                remedy.len() > 20 && !remedy.ends_with('.') && !remedy.contains('\n'),
                "{remedy}"
            );
        }
    }
}
