//! Where judgements are printed: at once, or at the end, when every story has its last name.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};

use record::StoryId;
use serde::Serialize;

use super::spill::anonymous;

/// The lines on their way to `sink`. Held lines wait in a temporary file without a name, so
/// that memory is flat however many there are.
pub(super) struct Outlet<W> {
    sink: W,
    held: Option<BufWriter<File>>,
    /// Stories that were merged into others.
    merged: HashMap<String, String>,
}

/// The key that a story's name follows in a line, and the length of the name.
const KEY: &str = "\"story_id\":\"";
const NAME: usize = 16;

impl<W: Write> Outlet<W> {
    /// Lines go to `sink`: at once if `stream`, else when [`finish`](Self::finish) is called.
    pub(super) fn new(sink: W, stream: bool) -> io::Result<Self> {
        let held =
            if stream { None } else { Some(BufWriter::new(anonymous(&std::env::temp_dir())?)) };
        Ok(Self { sink, held, merged: HashMap::new() })
    }

    /// Prints one line.
    pub(super) fn print(&mut self, line: &impl Serialize) -> io::Result<()> {
        let to: &mut dyn Write = match &mut self.held {
            Some(held) => held,
            None => &mut self.sink,
        };
        serde_json::to_writer(&mut *to, line)?;
        to.write_all(b"\n")
    }

    /// Takes note that a story became part of another.
    pub(super) fn merged(&mut self, gone: StoryId, kept: StoryId) {
        self.merged.insert(gone.to_string(), kept.to_string());
    }

    /// Prints what was held, and gives the sink back.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if let Some(held) = self.held.take() {
            let mut file = held.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            for line in BufReader::new(file).lines() {
                let line = self.renamed(line?);
                self.sink.write_all(line.as_bytes())?;
                self.sink.write_all(b"\n")?;
            }
        }
        self.sink.flush()?;
        Ok(self.sink)
    }

    /// The line with the last name of its story. The name is the line's last value, and a
    /// quote within the others is escaped, so the last key found is the line's own.
    fn renamed(&self, mut line: String) -> String {
        let Some(start) = line.rfind(KEY).map(|at| at + KEY.len()) else { return line };
        let Some(name) = line.get(start..start + NAME) else { return line };
        let mut last = name;
        // Merges have no circles; the bound is for the peace of the reader.
        for _ in 0..self.merged.len() {
            let Some(next) = self.merged.get(last) else { break };
            last = next;
        }
        if last != name {
            let last = last.to_owned();
            line.replace_range(start..start + NAME, &last);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn printed(stream: bool) -> String {
        let mut outlet = Outlet::new(Vec::new(), stream).unwrap();
        for story in 1..4u64 {
            let line = json!({"id": "\"story_id\":\"x", "story_id": StoryId(story).to_string()});
            outlet.print(&line).unwrap();
        }
        outlet.print(&json!({"id": "4", "error": "line 4"})).unwrap();
        outlet.merged(StoryId(3), StoryId(2));
        outlet.merged(StoryId(2), StoryId(1));
        String::from_utf8(outlet.finish().unwrap()).unwrap()
    }

    #[test]
    fn held_lines_have_the_last_names() {
        let names = |text: &str| text.matches("0000000000000001\"").count();
        assert_eq!(names(&printed(false)), 3);
        assert_eq!(names(&printed(true)), 1);
        assert_eq!(printed(false).lines().count(), 4);
    }
}
