//! The attributes of an element, read once.

use scraper::node::Element;

/// The attributes that any field asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Attributes<'a> {
    pub(super) class: &'a str,
    pub(super) id: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) property: Option<&'a str>,
    pub(super) equiv: Option<&'a str>,
    pub(super) content: Option<&'a str>,
    pub(super) rel: &'a str,
    pub(super) href: Option<&'a str>,
    pub(super) src: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
    pub(super) lang: Option<&'a str>,
    pub(super) datetime: Option<&'a str>,
    pub(super) pubdate: bool,
    pub(super) itemprop: Option<&'a str>,
    pub(super) itemtype: Option<&'a str>,
    pub(super) itemscope: bool,
    pub(super) role: Option<&'a str>,
    pub(super) hidden: bool,
    pub(super) title: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(element: &'a Element) -> Self {
        let mut all = Self::default();
        for (name, value) in element.attrs() {
            match name {
                "class" => all.class = value,
                "id" => all.id = value,
                "name" => all.name = Some(value),
                "property" => all.property = Some(value),
                "http-equiv" => all.equiv = Some(value),
                "content" => all.content = Some(value),
                "rel" => all.rel = value,
                "href" => all.href = Some(value),
                "src" => all.src = Some(value),
                "type" => all.kind = Some(value),
                "lang" | "xml:lang" => all.lang = all.lang.or(Some(value)),
                "datetime" | "data-datetime" | "data-timestamp" | "data-time" | "data-date"
                | "publishdate" | "data-published" | "data-publish-date" | "data-publishdate" => {
                    all.datetime = Some(value);
                }
                "pubdate" => all.pubdate = true,
                "itemprop" => all.itemprop = Some(value),
                "itemtype" => all.itemtype = Some(value),
                "itemscope" => all.itemscope = true,
                "role" => all.role = Some(value),
                "hidden" => all.hidden = true,
                "title" => all.title = Some(value),
                _ => {}
            }
        }
        all
    }
}
