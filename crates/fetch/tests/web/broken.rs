//! Answers that break off do not count.

use record::ReasonKind;
use world::{Answer, Site, Step};

use crate::{client, feed, origin};

fn head(rest: &str) -> Step {
    Step::Send(format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\n{rest}").into_bytes())
}

#[tokio::test]
async fn incomplete_answers_are_failures() {
    let gzip = include_bytes!("cut.gz").to_vec();
    let cases = [
        ("reset", vec![Step::Reset]),
        ("reset in the head", vec![Step::Send(b"HTTP/1.1 200 OK\r\nETa".to_vec()), Step::Reset]),
        ("reset in the body", vec![head("Content-Length: 10\r\n\r\n<rs"), Step::Reset]),
        ("short", vec![head("Content-Length: 10\r\n\r\n<rss/>")]),
        ("cut chunk", vec![head("Transfer-Encoding: chunked\r\n\r\n9\r\n<rss/>")]),
        ("no last chunk", vec![head("Transfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n")]),
        (
            "cut gzip",
            vec![head("Content-Encoding: gzip\r\nConnection: close\r\n\r\n"), Step::Send(gzip)],
        ),
        ("not HTTP", vec![Step::Send(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())]),
    ];
    for (name, steps) in cases {
        let origin = origin(Site::new().at("/feed", Answer::script(steps)));
        let failure = feed(&client(), &origin.url("/feed")).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::BrokenAnswer, "{name}: {failure}");
        assert_eq!(origin.hits().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn refusals_say_what_they_are() {
    let cases = [
        (404, ReasonKind::NotFound),
        (410, ReasonKind::Gone),
        (401, ReasonKind::HttpStatus),
        (500, ReasonKind::HttpStatus),
        (206, ReasonKind::BrokenAnswer),
        (204, ReasonKind::BrokenAnswer),
    ];
    for (status, kind) in cases {
        let origin = origin(Site::new().at("/feed", Answer::status(status)));
        let failure = feed(&client(), &origin.url("/feed")).await.unwrap_err();
        assert_eq!((failure.status, failure.reason.kind), (Some(status), kind));
    }
}
