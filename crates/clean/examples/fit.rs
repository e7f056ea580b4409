//! The half of the fitting that knows pages: rows for the program that fits trees, and bodies
//! from what its trees say. `fit/README.md` has the recipe.
//!
//! `fit rows LIST DIR` writes `texts.jsonl` (a page a line) and `rows.f32` (a row a block, the
//! width in `width`); `fit bodies LIST PROBABILITIES` prints a body a line.
//! LIST has lines of `{"id", "path", "url"}`, PROBABILITIES of `{"id", "p": [...]}`.

use std::fs::{File, read, read_to_string, write};
use std::io::{BufWriter, Write};
use std::path::Path;

use clean::fitting::{Fitting, decode};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["rows", list, into] => rows(list, Path::new(into)),
        ["bodies", list, probabilities] => bodies(list, probabilities),
        _ => Err("fit rows LIST DIR | fit bodies LIST PROBABILITIES".into()),
    }
}

fn lines(path: &str) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    Ok(read_to_string(path)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn page(listed: &Value) -> Result<Fitting, Box<dyn std::error::Error>> {
    let path = listed.get("path").and_then(Value::as_str).ok_or("list: a line without path")?;
    Ok(Fitting::of(&decode(&read(path)?), listed.get("url").and_then(Value::as_str)))
}

fn rows(list: &str, into: &Path) -> Outcome {
    let mut texts = BufWriter::new(File::create(into.join("texts.jsonl"))?);
    let mut numbers = BufWriter::new(File::create(into.join("rows.f32"))?);
    let mut width = 0;
    for listed in lines(list)? {
        let page = page(&listed)?;
        let rows = page.rows();
        let asked: Vec<bool> = rows.iter().map(|row| !row.is_empty()).collect();
        let line = json!({"id": listed.get("id"), "texts": page.texts(), "asked": asked});
        writeln!(texts, "{line}")?;
        for number in rows.iter().flatten() {
            numbers.write_all(&number.to_le_bytes())?;
        }
        width = rows.iter().map(Vec::len).max().unwrap_or(0).max(width);
    }
    write(into.join("width"), width.to_string())?;
    Ok(())
}

fn bodies(list: &str, probabilities: &str) -> Outcome {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (listed, given) in lines(list)?.iter().zip(lines(probabilities)?) {
        let given =
            given.get("p").and_then(Value::as_array).ok_or("probabilities: a line without p")?;
        let given: Vec<f32> = given.iter().map(|p| p.as_f64().unwrap_or(0.0) as f32).collect();
        let body: Vec<String> =
            page(listed)?.body(&given).iter().map(ToString::to_string).collect();
        writeln!(out, "{}", json!({"id": listed.get("id"), "body": body.join("\n")}))?;
    }
    Ok(())
}
