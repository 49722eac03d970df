/**
 * What is said where something cannot happen to an experiment: how it stands, and what can.
 */
import { visible } from '../../../ledger/render/render.ts';
import type { CommandKind, ExperimentRefused, Status } from '../../experiment/decider.ts';
import type { NotStarted } from '../../experiment/report.ts';
import type { Told } from '../store-text.ts';

const COMMANDS: Readonly<Record<CommandKind, string>> = {
  created: 'create',
  amended: 'amend',
  started: 'start',
  tagged: 'tag',
  untagged: 'untag',
  concluded: 'conclude',
  archived: 'archive',
};

const STATES: Readonly<Record<Status, string>> = {
  nothing: 'is not there',
  draft: 'is a draft',
  running: 'is running',
  concluded: 'is concluded',
  archived: 'is archived',
};

/** experimentText tells it. */
export const experimentText = (error: ExperimentRefused): Told => {
  const { reason, experiment, command, status, allowed, earlier = '' } = error;
  const name = visible(experiment);
  const code = reason === 'not_allowed' ? 'experiment_refused' : `experiment_${reason}`;
  const may = allowed.map((each) => COMMANDS[each]).join(', ');
  const stands = `the experiment ${name} ${STATES[status]}`;
  const next = may === '' ? 'Nothing more can happen to it.' : `Allowed now: ${may}.`;
  switch (reason) {
    case 'not_allowed':
      return {
        code,
        message: `${stands}: ${COMMANDS[command]} is not allowed`,
        next,
      };
    case 'tagged_otherwise':
      return {
        code,
        message: `${stands}: the session has another tag in it, by ${visible(earlier)}`,
        next: `Untag it first, with the reason: ledger experiment untag ${name}. ${next}`,
      };
    case 'not_tagged':
      return { code, message: `${stands}: the session has no tag in it`, next };
    case 'plan_moved':
      return { code, message: `${stands}: its plan was amended meanwhile`, next };
    case 'other_id':
      return {
        code,
        message: `${stands}: the plan bears another id`,
        next: `Create an experiment of that id, or correct the id. ${next}`,
      };
  }
};

/** notStartedText tells why nothing can be computed yet. */
export const notStartedText = ({ experiment, status }: NotStarted): Told => ({
  code: 'experiment_not_started',
  message: `the experiment ${visible(experiment)} ${STATES[status]}: it has no numbers`,
  next:
    status === 'archived'
      ? 'It was never started: an experiment that supersedes it can be.'
      : 'Numbers are computed of sessions behind the start: ledger experiment start.',
});
