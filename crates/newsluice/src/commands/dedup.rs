//! `dedup`: one stage alone. A JSON line for each line, in input order; what is printed is
//! final. A line that is no document is a line with `error`, and the rest goes on.

mod line;
mod outlet;
mod spill;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::Context as _;
use dedup::stories::{self, Member, Stories};
use dedup::{Arrival, Index};
use jiff::Timestamp;
use record::{Novelty, Record, StoryId, Verdict};

use self::line::{Document, ErrorLine, Judgement};
use self::outlet::Outlet;
use self::spill::Spill;
use crate::cli::DedupArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::pipeline;

/// Longest line read, in bytes: a longer one is an error line.
const MAX_LINE: u64 = 256 << 20;

/// Judges every line and prints a line for each.
pub(super) fn run(context: &Context, args: &DedupArgs) -> anyhow::Result<Exit> {
    let name = args.file.display();
    let input: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(&args.file).with_context(|| format!("{name}: cannot be read"))?)
    };
    let mut judge = Judge {
        index: Index::new(pipeline::dedup_settings(context)),
        stories: Stories::new(stories::Settings::default()),
        spill: Spill::new(&std::env::temp_dir())?,
        outlet: Outlet::new(BufWriter::new(io::stdout().lock()), args.stream)?,
        good: 0,
        bad: 0,
    };
    judge.lines(BufReader::with_capacity(1 << 16, input))?;
    let Judge { outlet, good, bad, .. } = judge;
    outlet.finish()?;
    Ok(match (good, bad) {
        (_, 0) => Exit::Done,
        (0, _) => Exit::NoInput,
        _ => Exit::SomeFailed,
    })
}

struct Judge<W> {
    index: Index,
    stories: Stories,
    spill: Spill,
    outlet: Outlet<W>,
    good: u64,
    bad: u64,
}

impl<W: Write> Judge<W> {
    fn lines(&mut self, mut input: impl BufRead) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            if (&mut input).take(MAX_LINE).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            if bytes.len() as u64 == MAX_LINE && !bytes.ends_with(b"\n") {
                input.skip_until(b'\n')?;
                self.error(number.to_string(), format!("line {number}: too long"))?;
            } else if !bytes.trim_ascii().is_empty() {
                match Document::read(&bytes, number) {
                    Ok(document) => self.document(&document, number)?,
                    Err((id, error)) => self.error(id, error)?,
                }
            }
            // One long line does not keep its memory.
            if bytes.capacity() > 1 << 20 {
                bytes = Vec::new();
            }
        }
        Ok(())
    }

    fn document(&mut self, document: &Document, sequence: u64) -> anyhow::Result<()> {
        let at = self.spill.time_of(&document.record);
        let record = &document.record;
        let aliases = [document.place(sequence)];
        let arrival = Arrival { record, aliases: &aliases, at, sequence };
        let verdict = self.index.judge(&arrival, &mut self.spill)?;
        let story = self.story(record, &verdict, at, sequence);
        let judgement = self.judgement(document, &verdict)?.in_story(story);
        self.outlet.print(&judgement)?;
        self.spill.keep(document, &verdict, sequence)?;
        self.good += 1;
        Ok(())
    }

    /// The story of the document: found for a new one, remembered for a known one.
    fn story(
        &mut self,
        record: &Record,
        verdict: &Verdict,
        at: Timestamp,
        sequence: u64,
    ) -> Option<StoryId> {
        if verdict.novelty != Novelty::New {
            return self.stories.story_of(verdict.id);
        }
        let member = Member {
            id: verdict.id,
            title: &record.title,
            body: &record.body_text(),
            lang: record.meta.lang.as_deref(),
            time: pipeline::own_time(record, at),
            sequence,
        };
        let assignment = self.stories.assign(&member);
        for merge in &assignment.merged {
            self.outlet.merged(merge.gone, merge.kept);
        }
        Some(assignment.story)
    }

    fn judgement(&mut self, document: &Document, verdict: &Verdict) -> io::Result<Judgement> {
        let id = document.id.clone();
        Ok(match (verdict.novelty, &verdict.duplicate) {
            (Novelty::New, None) => Judgement::original(id),
            (Novelty::New, Some(link)) => {
                let of = self.spill.name(link.of)?;
                Judgement::copy(id, of, link.kind.code(), Some(link.similarity))
            }
            (Novelty::Revision, _) => {
                Judgement::copy(id, self.spill.name(verdict.id)?, "revision", None)
            }
            (Novelty::Unchanged, _) => {
                Judgement::copy(id, self.spill.name(verdict.id)?, "exact", Some(1.0))
            }
        })
    }

    fn error(&mut self, id: String, error: String) -> anyhow::Result<()> {
        self.outlet.print(&ErrorLine { id, error })?;
        self.bad += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn judged(lines: &[Value]) -> Vec<Value> {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        let input = lines.join("\n");
        let mut judge = Judge {
            index: Index::new(dedup::Settings::default()),
            stories: Stories::new(stories::Settings::default()),
            spill: Spill::new(&std::env::temp_dir()).unwrap(),
            outlet: Outlet::new(Vec::new(), false).unwrap(),
            good: 0,
            bad: 0,
        };
        judge.lines(input.as_bytes()).unwrap();
        let output = String::from_utf8(judge.outlet.finish().unwrap()).unwrap();
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    const BODY: &str = "The council voted on Tuesday to close the old bridge for two years.\nTraffic \
        will be sent over the ring road, which the mayor called a hardship for the town. Shops \
        near the river fear for their trade, and ask for help from the state.";

    #[test]
    fn copies_revisions_and_repeats_have_their_kinds() {
        let longer = format!("{BODY}\nWork begins in May.");
        let lines = [
            json!({"id": "a", "url": "https://a.example/1", "title": "Bridge closed",
                "date": "20260301", "body": BODY}),
            json!({"id": "b", "url": "https://b.example/1", "title": "Bridge closed",
                "date": "2026-03-02", "body": BODY}),
            json!({"id": "c", "url": "https://c.example/1", "title": "Old bridge closed",
                "date": "2026-03-02T10:00:00Z", "body": longer}),
            json!({"id": "d", "url": "http://a.example/1", "title": "Bridge closed",
                "date": "", "body": longer}),
            json!({"id": "e", "url": "https://a.example/1", "title": "Bridge closed",
                "date": null, "body": longer}),
            json!({"id": "f", "url": "", "title": "Another headline", "body": ""}),
        ];
        let expected = [
            (Value::Null, Value::Null),
            (json!("a"), json!("exact")),
            (json!("a"), json!("contained")),
            (json!("a"), json!("revision")),
            (json!("a"), json!("exact")),
            (Value::Null, Value::Null),
        ];
        for (line, (of, kind)) in judged(&lines).iter().zip(expected) {
            assert_eq!((&line["duplicate_of"], &line["duplicate_kind"]), (&of, &kind), "{line}");
            assert!(line.get("story_id").is_some());
        }
    }

    #[test]
    fn broken_lines_are_lines_too() {
        let lines = [
            json!({"id": "a", "title": "", "body": ""}),
            json!([1]),
            json!({"id": "b",
            "title": "", "body": BODY}),
        ];
        let output = judged(&lines);
        assert_eq!(output[0]["id"], "a");
        assert!(output[0]["error"].as_str().unwrap().contains("no text"));
        assert_eq!(output[1]["id"], "2");
        assert!(output[1]["error"].is_string());
        assert_eq!(output[2]["duplicate_of"], Value::Null);
    }
}
