//! Pages of the size and make of real ones: head, styles, scripts with data, menus, teasers,
//! and one article, different for every number. (Of 1,078 news pages of a public corpus the
//! median is 121 KB and the mean 197 KB, packed 23 and 38 KB; these come to about the same.)

use std::fmt::Write;

use crate::speech::Speech;

/// A page: the same for the same number, on every machine.
#[must_use]
pub fn page(number: u64) -> String {
    let mut random = Speech::of(number);
    // Three quarters small, some large, a few very large.
    let size = match random.below(16) {
        0 => 12,
        1..=3 => 6,
        _ => 1 + random.below(3),
    };
    let title = random.sentence(8);
    let mut page = String::with_capacity(size * 40_000);
    head(&mut page, &mut random, &title, number);
    data(&mut page, &mut random, size * 260);
    links(&mut page, &mut random, "menu", 60 + 20 * size);
    article(&mut page, &mut random, &title, 12 + 4 * size);
    teasers(&mut page, &mut random, 25 * size);
    data(&mut page, &mut random, size * 160);
    links(&mut page, &mut random, "footer-links", 80);
    page.push_str("</body></html>\n");
    page
}

fn head(page: &mut String, random: &mut Speech, title: &str, number: u64) {
    let summary = random.sentence(20);
    write!(
        page,
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta property=\"og:title\" content=\"{title}\"><meta name=\"description\" \
         content=\"{summary}\"><meta property=\"article:published_time\" \
         content=\"2024-05-02T08:{:02}:00+02:00\"><link rel=\"canonical\" \
         href=\"https://press.example/2024/05/{number}\"><style>",
        number % 60
    )
    .ok();
    for _ in 0..220 {
        let (a, b) = (random.word(), random.word());
        write!(
            page,
            ".{a}-{b}{{margin:{}px {}px;display:flex;color:#{:06x}}}",
            random.below(40),
            random.below(40),
            random.below(1 << 24)
        )
        .ok();
    }
    page.push_str("</style></head><body class=\"article-page\">");
}

/// A script as pages carry them: state of some framework, mostly names, addresses and numbers.
fn data(page: &mut String, random: &mut Speech, items: usize) {
    page.push_str("<script>window.__STATE__={\"items\":[");
    for _ in 0..items {
        let (name, id) = (random.word(), random.below(1 << 30));
        write!(
            page,
            "{{\"id\":\"{id:08x}\",\"name\":\"{name}\",\"width\":{},\"visible\":true,\"src\":\
             \"https://cdn.press.example/{id:x}/{name}.webp\"}},",
            random.below(2000)
        )
        .ok();
    }
    page.push_str("{}]};</script>\n");
}

fn links(page: &mut String, random: &mut Speech, class: &str, count: usize) {
    write!(page, "<nav class=\"{class}\"><ul>").ok();
    for _ in 0..count {
        let (a, b) = (random.word(), random.word());
        write!(
            page,
            "<li class=\"{class}__item\"><a href=\"/{a}/{b}\" data-track=\"{class}:{a}\">{a} \
             {b}</a></li>"
        )
        .ok();
    }
    page.push_str("</ul></nav>\n");
}

fn article(page: &mut String, random: &mut Speech, title: &str, paragraphs: usize) {
    let (first, last) = (random.name(), random.name());
    write!(
        page,
        "<main><article class=\"story\"><header><h1>{title}</h1><p class=\"byline\">By <a \
         rel=\"author\" href=\"/authors/{first}\">{first} {last}</a></p><time \
         datetime=\"2024-05-02\">2 May 2024</time></header><div class=\"story-body\">"
    )
    .ok();
    for number in 0..paragraphs {
        let sentences: Vec<String> =
            (0..3 + random.below(3)).map(|_| random.sentence(15) + ".").collect();
        writeln!(page, "<p>{}</p>", sentences.join(" ")).ok();
        if number % 5 == 4 {
            let id = random.below(1 << 30);
            let caption = random.sentence(9);
            write!(
                page,
                "<figure><img src=\"https://cdn.press.example/{id:x}.webp\" \
                 srcset=\"https://cdn.press.example/{id:x}-640.webp 640w, \
                 https://cdn.press.example/{id:x}-1280.webp 1280w\" alt=\"\"><figcaption>\
                 {caption}</figcaption></figure>"
            )
            .ok();
        }
    }
    page.push_str("</div></article></main>\n");
}

fn teasers(page: &mut String, random: &mut Speech, count: usize) {
    page.push_str("<aside class=\"related\"><h2>More stories</h2>");
    for _ in 0..count {
        let (id, title, line) = (random.below(1 << 30), random.sentence(8), random.sentence(14));
        write!(
            page,
            "<div class=\"card card--teaser\"><a class=\"card__link\" href=\"/2024/{id}\"><img \
             loading=\"lazy\" class=\"card__image\" src=\"https://cdn.press.example/{id:x}-s.webp\" \
             alt=\"\"><h3 class=\"card__title\">{title}</h3></a><p class=\"card__line\">{line}</p>\
             </div>"
        ).ok();
    }
    page.push_str("</aside>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_of_real_size_and_each_its_own() {
        let pages: Vec<String> = (0..64).map(page).collect();
        let mean = pages.iter().map(String::len).sum::<usize>() / pages.len();
        assert!((100_000..300_000).contains(&mean), "{mean}");
        assert_ne!(pages[0], pages[1]);
        assert_eq!(pages[7], page(7));
    }
}
