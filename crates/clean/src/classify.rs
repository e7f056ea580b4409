//! What is not an article, and why.
