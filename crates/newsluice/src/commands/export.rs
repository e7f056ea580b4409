//! `export`: records as text files, JSON lines or a table, in the order of first storing.

mod csv;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use archive::TextFolder;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use record::json::RecordJson;
use store::{Reader, Selection, StoredRecord};

use crate::cli::{ExportArgs, Format};
use crate::context::Context;
use crate::exit::{Exit, Usage};

/// Writes the selected records.
pub(super) fn run(context: &Context, args: &ExportArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let selection = selection(args)?;
    match args.format {
        Format::Text => text(&reader, &selection, &args.output)?,
        Format::Jsonl => json_lines(&reader, &selection, &args.output)?,
        Format::Csv => table(&reader, &selection, &args.output)?,
    }
    Ok(Exit::Done)
}

fn selection(args: &ExportArgs) -> anyhow::Result<Selection> {
    let next_day = |day: Date| day.tomorrow().ok();
    Ok(Selection {
        since: args.since.map(midnight).transpose()?,
        until: args.until.and_then(next_day).map(midnight).transpose()?,
        feed: args.feed.clone(),
        lang: args.lang.clone(),
        query: args.query.clone(),
        duplicates: args.duplicates,
        revisions: args.revisions,
    })
}

fn midnight(day: Date) -> Result<Timestamp, jiff::Error> {
    TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()))
}

fn text(reader: &Reader, selection: &Selection, output: &Path) -> anyhow::Result<()> {
    if output == Path::new("-") {
        let hint = "--format text writes one file a record: name a folder with -o DIR";
        return Err(Usage(hint.to_owned()).into());
    }
    let mut folder = TextFolder::create(output).with_context(|| output.display().to_string())?;
    each(reader, selection, &mut |found| {
        folder
            .write(found.stored.id, &found.record)
            .map(drop)
            .with_context(|| output.display().to_string())
    })
}

/// A file, or standard output for `-`.
fn sink(output: &Path) -> anyhow::Result<BufWriter<Box<dyn Write>>> {
    let sink: Box<dyn Write> = if output == Path::new("-") {
        Box::new(std::io::stdout().lock())
    } else {
        Box::new(File::create(output).with_context(|| output.display().to_string())?)
    };
    Ok(BufWriter::new(sink))
}

fn table(reader: &Reader, selection: &Selection, output: &Path) -> anyhow::Result<()> {
    let mut sink = sink(output)?;
    csv::head(&mut sink)?;
    each(reader, selection, &mut |found| Ok(csv::row(&mut sink, &found)?))?;
    Ok(sink.flush()?)
}

fn json_lines(reader: &Reader, selection: &Selection, output: &Path) -> anyhow::Result<()> {
    let mut sink = sink(output)?;
    each(reader, selection, &mut |found| {
        serde_json::to_writer(&mut sink, &RecordJson::of_stored(&found.record, &found.stored))
            .map_err(std::io::Error::from)?;
        Ok(sink.write_all(b"\n")?)
    })?;
    Ok(sink.flush()?)
}

/// Shows each selected record to `write` until one fails.
fn each(
    reader: &Reader,
    selection: &Selection,
    write: &mut dyn FnMut(StoredRecord) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut result = Ok(());
    reader.export(selection, &mut |found| {
        result = write(found);
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result
}
