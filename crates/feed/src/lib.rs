//! Bytes of a feed to a Feed, forgiving everything that can be forgiven.
