//! Every field of a page from all its evidence: title, dates, authors, language and the rest.
