//! Redirects: followed by hand, judged at every hop.

use fetch::{Request, Validators};
use record::ReasonKind;
use world::{Answer, Site};

use crate::{client, feed, origin};

fn site() -> Site {
    Site::new()
        .at("/301", Answer::redirect(301, "/feed"))
        .at("/308", Answer::redirect(308, "feed"))
        .at("/302", Answer::redirect(302, "/feed"))
        .at("/307", Answer::redirect(307, "/feed"))
        .at("/301-302", Answer::redirect(301, "/302"))
        .at("/302-301", Answer::redirect(302, "/301"))
        .at("/a/b/chain", Answer::redirect(302, "../c"))
        .at("/a/c", Answer::redirect(307, "d/e?x=1"))
        .at("/a/d/e", Answer::redirect(303, "?y=2"))
        .at("/loop", Answer::redirect(302, "/loop?again"))
        .tagged("/feed", "\"1\"", Answer::rss("<rss/>"))
}

#[tokio::test]
async fn only_a_permanent_redirect_moves_a_feed() {
    let (origin, client) = (origin(site()), client());
    let cases = [
        ("/301", Some("/feed")),
        ("/308", Some("/feed")),
        ("/302", None),
        ("/307", None),
        ("/301-302", Some("/302")),
        ("/302-301", None),
        ("/feed", None),
    ];
    for (path, moved) in cases {
        let url = origin.url(path);
        let answer = feed(&client, &url).await.unwrap();
        assert_eq!(answer.moved, moved.map(|path| origin.url(path)), "{path}");
        assert_eq!(answer.page.url, Some(origin.url("/feed")));
        assert_eq!(answer.page.requested_url, (path != "/feed").then_some(url));
    }
}

#[tokio::test]
async fn validators_survive_a_move() {
    let (origin, client) = (origin(site()), client());
    let validators = Validators { etag: Some("\"1\"".into()), last_modified: None };
    for path in ["/301", "/308"] {
        let url = origin.url(path);
        let request = Request { validators: Some(&validators), ..Request::feed(&url) };
        let answer = client.get(&request).await.unwrap();
        assert!(answer.not_modified);
        assert_eq!(answer.validators, validators);
        assert_eq!(answer.moved, Some(origin.url("/feed")));
    }
}

#[tokio::test]
async fn relative_hops_are_followed() {
    let (origin, client) = (
        origin(
            Site::new()
                .on("/a/d/e", |ask| match ask.hit.target.as_str() {
                    "/a/d/e?y=2" => Answer::rss("<rss/>"),
                    _ => Answer::redirect(303, "?y=2"),
                })
                .at("/a/b/chain", Answer::redirect(302, "../c"))
                .at("/a/c", Answer::redirect(307, "d/e?x=1")),
        ),
        client(),
    );
    let answer = feed(&client, &origin.url("/a/b/chain")).await.unwrap();
    let statuses: Vec<_> = answer.hops.iter().map(|hop| hop.status).collect();
    assert_eq!(statuses, [302, 307, 303, 200]);
}

#[tokio::test]
async fn a_loop_ends() {
    let (origin, client) = (origin(site()), client());
    let failure = feed(&client, &origin.url("/loop")).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::RedirectLoop);
    assert_eq!(origin.hits().len(), 11);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_not_followed() {
    let site = Site::new()
        .at("/file", Answer::redirect(302, "file:///etc/passwd"))
        .at("/none", Answer::status(301));
    let (origin, client) = (origin(site), client());
    let failure = feed(&client, &origin.url("/file")).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::BadUrl);
    let failure = feed(&client, &origin.url("/none")).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::BrokenAnswer);
    assert_eq!(failure.status, Some(301));
}
