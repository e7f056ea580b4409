//! The verb `fetch`.

use world::{Answer, Site};

use crate::support::{OPEN, World, article, page, start};

#[test]
fn fetch_tells_all_about_one_page_and_why_it_was_refused() {
    let site = Site::new()
        .at("/old", Answer::redirect(301, "/a"))
        .at("/a", page(1).header("ETag", "\"1\"").header("Cache-Control", "max-age=60"))
        .at("/busy", Answer::status(429).header("Retry-After", "60"));
    let origin = start(site);
    let world = World::new();
    let fetch = |more: &[&str], code: i32| {
        let said = world.run(&[&["fetch"], more, &OPEN].concat()).expect(code).out;
        serde_json::from_str::<serde_json::Value>(&said).unwrap()
    };
    let file = world.path("body.html");
    let told = fetch(&[&origin.url("/old"), "-o", file.to_str().unwrap(), "--clean"], 0);
    assert_eq!(told["chain"][0]["status"], 301);
    assert_eq!(told["chain"][1]["url"], origin.url("/a"));
    assert_eq!(told["chain"][1]["address"], origin.address().to_string());
    assert_eq!((&told["status"], &told["moved"]), (&200.into(), &origin.url("/a").into()));
    assert_eq!(told["fresh_seconds"], 60);
    assert_eq!(told["cleaned"]["title"], article(1).lines().next().unwrap());
    assert!(std::fs::read_to_string(&file).unwrap().contains("<article>"));

    let refused = fetch(&[&origin.url("/busy")], 1);
    assert_eq!((&refused["status"], &refused["blame"]), (&429.into(), &"site".into()));
    assert!(refused["retry_at"].is_string());
    let private = fetch(&["http://10.0.0.1/"], 1);
    assert_eq!((&private["reason"], &private["blame"]), (&"blocked-address".into(), &"us".into()));
}
