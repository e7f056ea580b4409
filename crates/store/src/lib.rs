//! The only owner of SQL: frontier, records, revisions, search.
