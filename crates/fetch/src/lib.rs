//! One request, one polite and bounded answer.
