//! `replay`: files and folders through all stages, offline.

use archive::Limits;
use store::{Reader, Run};

use crate::cli::ReplayArgs;
use crate::context::Context;
use crate::exit::{Exit, is_in_use};
use crate::pipeline::survey::Filter;
use crate::pipeline::{Ended, Pipeline, Plan, Replay, handover};

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
    through(context, &plan, |run, reader| {
        let (paths, at) = (args.paths.clone(), run.started_at);
        let (reached, filter) = (reader.reached(run.id)?, Filter::default());
        Ok(Replay { paths, limits, at, reader, reached, filter, again: None })
    })?
    .report(context)
}

/// Lets files and folders through all stages: here, or those of a daemon that has the database.
/// How it ended is for the caller to report.
pub(super) fn through(
    context: &Context,
    plan: &Plan<'_>,
    replay: impl FnOnce(Run, Reader) -> anyhow::Result<Replay>,
) -> anyhow::Result<Ended> {
    match Pipeline::open(context, plan) {
        Ok(pipeline) => {
            let replay = replay(pipeline.run(), pipeline.reader()?)?;
            pipeline.replay(replay)
        }
        Err(error) if is_in_use(&error) => handover::offer(context, plan, replay),
        Err(error) => Err(error),
    }
}
