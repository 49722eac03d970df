/**
 * An experiment as scripts are told of it.
 */
import type { Experiment } from '../../experiment/decider.ts';

/** shownExperiment tells how it stands. */
export const shownExperiment = (experiment: Experiment): object => {
  if (experiment.status === 'nothing') return { status: 'nothing' };
  const { plan, status, digest, created } = experiment;
  const concluded =
    'conclusion' in experiment
      ? {
          concluded_seq: experiment.concluded.seq,
          verdict: experiment.conclusion.verdict,
          early: experiment.conclusion.early,
          report_digest: experiment.conclusion.report?.digest,
        }
      : {};
  return {
    id: plan.id,
    name: plan.name,
    status,
    plan_digest: digest,
    supersedes: plan.supersedes,
    created_seq: created.seq,
    ...('started' in experiment ? { started_seq: experiment.started.seq } : {}),
    ...concluded,
  };
};
