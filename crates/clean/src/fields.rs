//! Every field of a page from all its evidence: title, dates, authors, language and the rest.
//!
//! One walk over the tree collects the evidence ([`evidence`]); each field is then judged
//! from all of it. What lost is kept with what won, for `explain`.

pub(crate) mod active_markup;
mod authors;
mod canonical;
mod dates;
mod describe;
mod evidence;
mod function_words;
mod heads;
mod json_ld;
mod language;
mod language_of_few;
mod language_tag;
mod lenient_json;
mod person;
mod roles;
mod spoken_date;
mod text_of;
mod title;

use std::collections::BTreeMap;

use jiff::civil::Date;
use record::{DateZone, Line, Meta, PageUrl, Published};
use scraper::Html;

use crate::Hints;
use crate::html_parse::LongScript;

pub(crate) use evidence::Traits;
pub(crate) use language::settle as language;
pub(crate) use person::{names as person_names, names_the_job};

/// What is known beside the tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The URL that answered, after redirects.
    pub(crate) url: Option<&'a str>,
    /// The URL that was asked, where another one.
    pub(crate) requested_url: Option<&'a str>,
    /// The feed's entry, "now", zones.
    pub(crate) hints: &'a Hints<'a>,
    /// The long scripts, of which the tree has nothing.
    pub(crate) long_scripts: &'a [LongScript<'a>],
}

/// A candidate that did not become a field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// The field.
    pub(crate) field: &'static str,
    /// What it said.
    pub(crate) value: String,
    /// The evidence that it came from.
    pub(crate) source: &'static str,
}

/// The fields of a page. Unknown is `None` or empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    /// The headline, without the site's name.
    pub(crate) title: Option<Line>,
    /// The canonical URL.
    pub(crate) url: Option<PageUrl>,
    /// The publication day in the publisher's calendar.
    pub(crate) date: Option<Date>,
    /// The publication time as stated.
    pub(crate) published: Option<Published>,
    /// The last change.
    pub(crate) updated: Option<Published>,
    /// Where the day's zone came from.
    pub(crate) date_zone: Option<DateZone>,
    /// How sure the day is, 0 to 1.
    pub(crate) date_confidence: f32,
    /// The authors' names.
    pub(crate) authors: Vec<String>,
    /// The language: as declared, until [`language`] has seen the body.
    pub(crate) lang: Option<String>,
    /// The languages declared, strongest first, with where.
    pub(crate) declared_languages: Vec<(String, &'static str)>,
    /// The site's name.
    pub(crate) site: Option<String>,
    /// The publisher's summary.
    pub(crate) summary: Option<String>,
    /// The leading image's URL.
    pub(crate) image: Option<String>,
    /// Keywords.
    pub(crate) tags: Vec<String>,
    /// The section of the site.
    pub(crate) section: Option<String>,
    /// Declared free to read.
    pub(crate) free: Option<bool>,
    /// The licence's URL or name.
    pub(crate) licence: Option<String>,
    /// Declared opt-outs.
    pub(crate) opt_outs: Vec<String>,
    /// Field → the evidence that gave it.
    pub(crate) provenance: BTreeMap<String, String>,
    /// Candidates that lost.
    pub(crate) lost: Vec<Lost>,
    /// Bodies in structured data: evidence for the body, often cut short.
    pub(crate) article_bodies: Vec<String>,
    /// Types of structured data and `og:type`, for the classifier.
    pub(crate) kinds: Vec<String>,
    /// Is there structured data of an article?
    pub(crate) has_article_node: bool,
    /// The publishing system, as the page names it.
    pub(crate) generator: Option<String>,
    /// The text of the `title` element.
    pub(crate) page_title: Option<String>,
    /// Counts, for the classifier.
    pub(crate) traits: Traits,
}

impl Fields {
    /// Notes which evidence gave a field.
    fn note(&mut self, field: &str, source: &str) {
        self.provenance.insert(field.to_owned(), source.to_owned());
    }

    fn lose(&mut self, field: &'static str, value: &str, source: &'static str) {
        if self.lost.len() < 100 {
            self.lost.push(Lost { field, value: value.chars().take(300).collect(), source });
        }
    }

    /// What won and what lost, in words: one line a field or candidate, for `explain`.
    pub(crate) fn explain(&self) -> Vec<String> {
        let won = self.provenance.iter().map(|(field, source)| match field.as_str() {
            "date" => format!("date: by {source}, confidence {:.2}", self.date_confidence),
            _ => format!("{field}: by {source}"),
        });
        let lost =
            self.lost.iter().map(|l| format!("{}: not {:?} ({})", l.field, l.value, l.source));
        won.chain(lost).collect()
    }

    /// The part of a record that is not text.
    pub(crate) fn into_meta(self, feed: Option<&str>) -> Meta {
        Meta {
            published: self.published,
            date_zone: self.date_zone,
            updated: self.updated,
            authors: self.authors,
            lang: self.lang,
            site: self.site,
            feed: feed.map(ToOwned::to_owned),
            summary: self.summary,
            image: self.image,
            tags: self.tags,
            section: self.section,
            free: self.free,
            licence: self.licence,
            opt_outs: self.opt_outs,
            body_html: None,
            provenance: self.provenance,
        }
    }
}

/// What the judges of single fields see.
struct Case<'a> {
    html: &'a Html,
    evidence: evidence::Evidence<'a>,
    article: json_ld::Article,
    graph: json_ld::Graph,
    context: &'a Context<'a>,
    /// Names of the site and its publisher, as they are and folded.
    site_names: Vec<String>,
}

impl<'a> Case<'a> {
    /// The content of the first `meta` with one of these names, in their order.
    fn meta(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.metas(name).next())
    }

    /// The contents of all `meta` elements with this name.
    fn metas(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let last = name.as_bytes().last();
        let is = move |n: &str| n.len() == name.len() && n.as_bytes().last() == last && n == name;
        self.evidence.metas.iter().filter(move |(n, _)| is(n)).map(|(_, content)| *content)
    }

    /// The `href` of the first `link` with this relation.
    fn link(&self, relation: &str) -> Option<&'a str> {
        let has =
            |rel: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(relation));
        self.evidence.links.iter().find(|(rel, _)| has(rel)).map(|(_, href)| *href)
    }
}

/// Judges every field but the language's last word (see [`language`]). Linear in the tree.
pub(crate) fn extract(html: &Html, context: &Context<'_>) -> Fields {
    let evidence = evidence::collect(html, context.long_scripts);
    let graph = json_ld::Graph::parse(&evidence.json_ld);
    let here = [context.url, context.requested_url].into_iter().flatten();
    let here: Vec<String> = here.filter_map(|u| Some(PageUrl::parse(u).ok()?.identity())).collect();
    let is_this = |url: &str| PageUrl::parse(url).is_ok_and(|url| here.contains(&url.identity()));
    let article = graph.article(is_this).unwrap_or_default();
    let mut case = Case { html, evidence, article, graph, context, site_names: Vec::new() };
    let mut fields = Fields::default();
    canonical::judge(&case, &mut fields);
    describe::judge(&case, &mut fields);
    case.site_names = describe::site_names(&case, &fields);
    title::judge(&case, &mut fields);
    authors::judge(&case, &mut fields);
    language::declared(&case, &mut fields);
    dates::judge(&case, &mut fields);
    fields.article_bodies = bodies(&case);
    fields.kinds = case.graph.kinds().into_iter().take(60).map(ToOwned::to_owned).collect();
    fields.kinds.extend(case.meta(&["og:type"]).map(|t| format!("og:{}", t.trim())));
    fields.has_article_node = case.article.declared;
    fields.generator = case.meta(&["generator"]).map(|g| g.trim().chars().take(100).collect());
    fields.page_title = case.evidence.title.clone();
    fields.traits = case.evidence.traits;
    fields
}

fn bodies(case: &Case<'_>) -> Vec<String> {
    let from_items = case.evidence.items.iter().filter(|i| i.name == "articleBody");
    case.article
        .body
        .clone()
        .into_iter()
        .chain(from_items.filter_map(|i| i.value.map(ToOwned::to_owned)))
        .filter(|body| body.len() > 80)
        .take(4)
        .collect()
}

#[cfg(test)]
mod tests;
