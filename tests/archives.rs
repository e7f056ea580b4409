//! Archives: WARC files in and out.

mod kills;
mod reading;
mod warc_file;
mod warcio;
