//! JSON-LD: the node that is the article, and what it says.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::lenient_json;

mod values;

use values::{all_texts, first_text, image, language, name_of, resolve, truth};

/// Most nodes looked at: graphs with more are catalogues.
const MAX_NODES: usize = 2000;

/// A JSON-LD object.
type Object = Map<String, Value>;

/// The nodes of all scripts of a page.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    values: Vec<Value>,
}

/// What the graph says of the article.
#[derive(Debug, Clone, Default)]
pub(crate) struct Article {
    /// Is the node an article's, not just a page's?
    pub(crate) declared: bool,
    /// `headline`, else `name`.
    pub(crate) headline: Option<String>,
    /// `datePublished`.
    pub(crate) published: Option<String>,
    /// `dateCreated`, `uploadDate`.
    pub(crate) created: Option<String>,
    /// `dateModified`.
    pub(crate) modified: Option<String>,
    /// People and organisations in `author`.
    pub(crate) authors: Vec<Agent>,
    /// The name of `publisher`.
    pub(crate) publisher: Option<String>,
    /// `inLanguage`.
    pub(crate) language: Option<String>,
    /// `description`.
    pub(crate) description: Option<String>,
    /// `image`.
    pub(crate) image: Option<String>,
    /// `keywords`.
    pub(crate) keywords: Vec<String>,
    /// `articleSection`.
    pub(crate) section: Vec<String>,
    /// `isAccessibleForFree`.
    pub(crate) free: Option<bool>,
    /// `license`.
    pub(crate) licence: Option<String>,
    /// `articleBody`, `text`.
    pub(crate) body: Option<String>,
    /// `url`, `mainEntityOfPage`, `@id`.
    pub(crate) url: Option<String>,
}

/// Somebody named in `author`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agent {
    /// The name as written.
    pub(crate) name: String,
    /// Said to be an organisation.
    pub(crate) organisation: bool,
}

impl Graph {
    /// Reads all scripts.
    pub(crate) fn parse(scripts: &[String]) -> Self {
        let values = scripts.iter().flat_map(|s| lenient_json::parse(s)).collect();
        Self { values }
    }

    /// The types of all nodes, in document order.
    pub(crate) fn kinds(&self) -> Vec<&str> {
        self.nodes().into_iter().flat_map(|(node, _)| kinds_of(node)).collect()
    }

    /// The name of the site, from a `WebSite` node.
    pub(crate) fn site(&self) -> Option<String> {
        let nodes = self.nodes();
        let site = nodes.iter().find(|(node, _)| is_kind(node, |k| k == "WebSite"))?;
        site.0.get("name").and_then(first_text)
    }

    /// Names of all organisations.
    pub(crate) fn organisations(&self) -> Vec<String> {
        let organisation = |kind: &str| kind.ends_with("Organization") || kind == "WebSite";
        self.nodes()
            .into_iter()
            .filter(|(node, _)| is_kind(node, organisation))
            .filter_map(|(node, _)| node.get("name").and_then(first_text))
            .take(20)
            .collect()
    }

    /// What is said of the page's article: the article node that speaks of `is_this` URL, else
    /// the first that is not part of another; missing properties from the page's own node.
    pub(crate) fn article(&self, is_this: impl Fn(&str) -> bool) -> Option<Article> {
        let nodes = self.nodes();
        let ids: HashMap<&str, &Object> = nodes
            .iter()
            .filter(|(node, _)| node.len() > 1)
            .filter_map(|(node, _)| Some((node.get("@id")?.as_str()?, *node)))
            .collect();
        let main = best(&nodes, is_article_kind, &is_this);
        let page = best(&nodes, is_page_kind, &is_this);
        let mut article = main.or(page).map(|node| read(node, &ids))?;
        article.declared = main.is_some();
        if let (true, Some(page)) = (main.is_some(), page) {
            article.fill(read(page, &ids));
        }
        Some(article)
    }

    /// All objects, outermost first, with whether another article holds them.
    fn nodes(&self) -> Vec<(&Object, bool)> {
        let mut found = Vec::new();
        let mut waiting: Vec<(&Value, bool)> =
            self.values.iter().rev().map(|v| (v, false)).collect();
        while let Some((value, part)) = waiting.pop() {
            if found.len() >= MAX_NODES {
                break;
            }
            match value {
                Value::Array(values) => waiting.extend(values.iter().rev().map(|v| (v, part))),
                Value::Object(node) => {
                    found.push((node, part));
                    let within = part || is_kind(node, is_article_kind);
                    waiting.extend(node.iter().rev().filter_map(|(key, value)| {
                        let nested = matches!(value, Value::Object(_) | Value::Array(_));
                        let part = match key.as_str() {
                            "@graph" | "mainEntity" | "mainEntityOfPage" => part,
                            "itemListElement" | "hasPart" | "relatedLink" | "isPartOf"
                            | "subjectOf" | "mentions" | "citation" | "comment" | "review"
                            | "blogPost" | "liveBlogUpdate" | "about" | "isBasedOn" => true,
                            _ => within,
                        };
                        nested.then_some((value, part))
                    }));
                }
                _ => {}
            }
        }
        found
    }
}

impl Article {
    fn fill(&mut self, page: Self) {
        let keep = |mine: &mut Option<String>, other: Option<String>| {
            if mine.is_none() {
                *mine = other;
            }
        };
        keep(&mut self.published, page.published);
        keep(&mut self.modified, page.modified);
        keep(&mut self.language, page.language);
        keep(&mut self.description, page.description);
        keep(&mut self.publisher, page.publisher);
        keep(&mut self.licence, page.licence);
        if self.authors.is_empty() {
            self.authors = page.authors;
        }
    }
}

fn best<'a>(
    nodes: &[(&'a Object, bool)],
    wanted: fn(&str) -> bool,
    is_this: &impl Fn(&str) -> bool,
) -> Option<&'a Object> {
    let rank = |node: &Object, part: bool| {
        let here = urls_of(node).iter().any(|url| is_this(url));
        u8::from(here) * 4 + u8::from(!part) * 2 + u8::from(node.contains_key("datePublished"))
    };
    let mut best: Option<(u8, &Object)> = None;
    for (node, part) in nodes {
        if node.len() > 2 && is_kind(node, wanted) {
            let rank = rank(node, *part);
            if best.is_none_or(|(top, _)| rank > top) {
                best = Some((rank, *node));
            }
        }
    }
    best.filter(|(rank, _)| *rank >= 2).map(|(_, node)| node)
}

fn kinds_of(node: &Object) -> Vec<&str> {
    let kind = |value: &'_ str| -> usize { value.rfind(['/', ':', '#']).map_or(0, |at| at + 1) };
    let texts: Vec<&str> = match node.get("@type").or_else(|| node.get("type")) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().filter_map(|t| t.get(kind(t)..)).collect()
}

fn is_kind(node: &Object, wanted: impl Fn(&str) -> bool) -> bool {
    kinds_of(node).into_iter().any(wanted)
}

pub(crate) fn is_article_kind(kind: &str) -> bool {
    let lower = kind.to_ascii_lowercase();
    lower.ends_with("article")
        || lower.ends_with("posting") && lower != "jobposting"
        || matches!(lower.as_str(), "report" | "review" | "claimreview" | "recipe" | "howto")
}

fn is_page_kind(kind: &str) -> bool {
    matches!(kind.to_ascii_lowercase().as_str(), "webpage" | "itempage" | "creativework")
}

fn urls_of(node: &Object) -> Vec<&str> {
    let mut urls = Vec::new();
    for key in ["url", "@id", "mainEntityOfPage"] {
        match node.get(key) {
            Some(Value::String(url)) => urls.push(url.as_str()),
            Some(Value::Object(page)) => {
                urls.extend(["@id", "url"].iter().filter_map(|k| page.get(*k)?.as_str()));
            }
            _ => {}
        }
    }
    urls
}

fn read(node: &Object, ids: &HashMap<&str, &Object>) -> Article {
    let text = |key: &str| node.get(key).and_then(first_text);
    Article {
        declared: false,
        headline: text("headline").or_else(|| text("name")),
        published: text("datePublished"),
        created: text("dateCreated").or_else(|| text("uploadDate")),
        modified: text("dateModified"),
        authors: agents(node, ids),
        publisher: node.get("publisher").and_then(|p| name_of(p, ids)),
        language: node.get("inLanguage").and_then(language),
        description: text("description"),
        image: node.get("image").or_else(|| node.get("thumbnailUrl")).and_then(|i| image(i, ids)),
        keywords: node.get("keywords").map(all_texts).unwrap_or_default(),
        section: node.get("articleSection").map(all_texts).unwrap_or_default(),
        free: node.get("isAccessibleForFree").and_then(truth),
        licence: node.get("license").and_then(|l| first_text(l).or_else(|| name_of(l, ids))),
        body: text("articleBody").or_else(|| text("text")),
        url: urls_of(node).first().map(|u| (*u).to_owned()),
    }
}

fn agents(node: &Object, ids: &HashMap<&str, &Object>) -> Vec<Agent> {
    for key in ["author", "creator", "Author"] {
        let mut found = Vec::new();
        let mut waiting: Vec<&Value> = node.get(key).into_iter().collect();
        while let Some(value) = waiting.pop() {
            match value {
                Value::Array(several) => waiting.extend(several.iter().rev()),
                value => found.extend(agent(value, ids)),
            }
            if found.len() >= 50 {
                break;
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn agent(value: &Value, ids: &HashMap<&str, &Object>) -> Vec<Agent> {
    let node = match value {
        Value::String(name) => {
            let node = ids.get(name.as_str());
            match node {
                Some(node) => *node,
                None => return vec![Agent { name: name.clone(), organisation: false }],
            }
        }
        Value::Object(node) => resolve(node, ids),
        _ => return Vec::new(),
    };
    let organisation = is_kind(node, |k| k.ends_with("Organization") || k == "Corporation");
    let names = match node.get("name") {
        Some(names @ Value::Array(_)) => all_texts(names),
        Some(name) => first_text(name).into_iter().collect(),
        None => {
            let part = |key: &str| node.get(key).and_then(first_text).unwrap_or_default();
            let whole = format!("{} {}", part("givenName"), part("familyName"));
            vec![whole.trim().to_owned()]
        }
    };
    names.into_iter().map(|name| Agent { name, organisation }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(script: &str) -> Article {
        Graph::parse(&[script.to_owned()]).article(|url| url.ends_with("/this")).unwrap()
    }

    #[test]
    fn a_graph_is_resolved() {
        let found = article(
            r##"{"@context":"https://schema.org","@graph":[
                {"@type":"WebSite","name":"The Paper","@id":"#s"},
                {"@type":["Article","NewsArticle"],"headline":"Rain","author":{"@id":"#p"},
                 "publisher":{"@id":"#o"},"image":{"@id":"#i"}},
                {"@type":"WebPage","datePublished":"2024-05-02","inLanguage":"en-GB"},
                {"@type":"Person","@id":"#p","name":"Jo Doe"},
                {"@type":"ImageObject","@id":"#i","url":"https://e.org/i.jpg"},
                {"@type":"Organization","@id":"#o","name":"Paper Ltd"}]}"##,
        );
        assert_eq!(found.authors, [Agent { name: "Jo Doe".into(), organisation: false }]);
        assert_eq!(found.published.as_deref(), Some("2024-05-02"));
        assert_eq!(found.publisher.as_deref(), Some("Paper Ltd"));
        assert_eq!(found.image.as_deref(), Some("https://e.org/i.jpg"));
    }

    #[test]
    fn the_node_of_this_page_wins_and_listed_ones_do_not_count() {
        let found = article(
            r#"[{"@type":"NewsArticle","headline":"Other","url":"https://e.org/other"},
                {"@type":"NewsArticle","headline":"This","mainEntityOfPage":
                 {"@type":"WebPage","@id":"https://e.org/this"}}]"#,
        );
        assert_eq!(found.headline.as_deref(), Some("This"));
        let list = r#"{"@type":"ItemList","itemListElement":[
            {"@type":"NewsArticle","headline":"A","author":"B","datePublished":"2024-05-02"}]}"#;
        assert!(Graph::parse(&[list.to_owned()]).article(|_| false).is_none());
    }
}
