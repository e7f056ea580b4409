//! Which path gets which answer.

use std::fmt;

use crate::{Answer, Ask};

type Handler = Box<dyn Fn(&Ask<'_>) -> Answer + Send + Sync>;

/// The routes of one origin. What has no route gets 404.
#[derive(Default)]
pub struct Site {
    routes: Vec<(String, Handler)>,
}

impl Site {
    /// A site where nothing is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same answer each time. A path that ends in `*` stands for all that start so.
    #[must_use]
    pub fn at(self, path: &str, answer: Answer) -> Self {
        self.on(path, move |_| answer.clone())
    }

    /// One answer after another, the last one for ever.
    #[must_use]
    pub fn turns(self, path: &str, answers: Vec<Answer>) -> Self {
        self.on(path, move |ask| {
            let answer = answers.get(ask.nth).or(answers.last());
            answer.cloned().unwrap_or_else(|| Answer::status(404))
        })
    }

    /// The answer under this entity tag: 304 for who already has it.
    #[must_use]
    pub fn tagged(self, path: &str, etag: &str, answer: Answer) -> Self {
        let etag = etag.to_owned();
        let answer = answer.header("ETag", &etag);
        self.on(path, move |ask| {
            if ask.header("if-none-match") == Some(etag.as_str()) {
                return Answer::status(304).header("ETag", &etag);
            }
            answer.clone()
        })
    }

    /// An answer that depends on the request.
    #[must_use]
    pub fn on(
        mut self,
        path: &str,
        handler: impl Fn(&Ask<'_>) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.routes.push((path.to_owned(), Box::new(handler)));
        self
    }

    pub(crate) fn answer(&self, ask: &Ask<'_>) -> Answer {
        let target = ask.hit.target.as_str();
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let found = self.routes.iter().find(|(route, _)| match route.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == route,
        });
        found.map_or_else(|| Answer::status(404), |(_, handler)| handler(ask))
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|(path, _)| path)).finish()
    }
}
