//! Bytes to text: which charset, and the decoding.
