//! `replay`: files and folders through all stages, offline.

use archive::Limits;
use store::{Reader, Run};

use crate::cli::ReplayArgs;
use crate::context::Context;
use crate::exit::{Exit, is_in_use};
use crate::pipeline::{Pipeline, Plan, Replay, handover};

/// Replays the paths and prints the summary.
pub(super) fn run(context: &Context, args: &ReplayArgs) -> anyhow::Result<Exit> {
    let key: Vec<String> = args.paths.iter().map(|p| p.display().to_string()).collect();
    let plan = Plan {
        kind: "replay",
        key: key.join("\n"),
        ack: args.ack.as_deref(),
        jobs: context.jobs(args.jobs.jobs),
    };
    let (file, page) = (context.config.clean.text_limit.0, context.config.fetch.page_limit.0);
    let limits = Limits { file, page, ..Limits::default() };
    let replay = |run: Run, reader: Reader| {
        let (paths, at) = (args.paths.clone(), run.started_at);
        anyhow::Ok(Replay { paths, limits, at, reached: reader.reached(run.id)?, reader })
    };
    let ended = match Pipeline::open(context, &plan) {
        Ok(pipeline) => {
            let replay = replay(pipeline.run(), pipeline.reader()?)?;
            pipeline.replay(replay)?
        }
        Err(error) if is_in_use(&error) => handover::offer(context, &plan, replay)?,
        Err(error) => return Err(error),
    };
    ended.report(context)
}
