/**
 * `ledger replay`: disaster recovery. With --dry-run it says what it would do; done, it proves that
 * journal and mirror are equal.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import type { Plan } from '../../usecase/replay-plan.ts';
import type { ReplayProgress, ReplayReport } from '../../usecase/replay-request.ts';
import type { Command } from '../command.ts';
import { errorText } from '../error-text.ts';
import { chooseKey } from '../key-choice.ts';
import { verdictIs } from '../leave.ts';
import { LOCK_WAIT, openFor } from '../open.ts';
import { EVENTS, Progress } from '../progress.ts';
import { jsonLine } from '../terminal.ts';

/** What projections alone are made anew on may differ from the journal as before. */
const DRIFT = 22;

const PHASES: Record<Exclude<ReplayProgress['phase'], 'rebuild_mirror'>, string> = {
  survey: 'reading the journal',
  prove_mirror: 'proving the lines of the mirror',
  write_journal: 'writing the journal',
};

/** What is against it is told as every error is. */
const planData = ({ refused, ...plan }: Plan): object => {
  if (refused === undefined) return plan;
  const { code, message, next } = errorText(refused);
  return { ...plan, refused: { code, message, next } };
};

const planText = ({ plan, refused, estimate }: Plan): string => {
  const steps = plan.map(({ step, ...facts }) => {
    const about = Object.entries(facts).map(([name, value]) => `${name} ${visible(String(value))}`);
    return `${step.replaceAll('_', ' ')}: ${about.join(', ')}`;
  });
  const isIdle = steps.length === 0 && refused === undefined;
  const lines = isIdle ? ['there is nothing to do'] : steps;
  const against = refused && errorText(refused);
  const { events, bytes, seconds } = estimate;
  return [
    ...lines,
    ...(against ? [`it would be refused: ${against.message}`, against.next] : []),
    `to read: ${events} events, ${bytes} bytes, about ${seconds} s`,
    '',
  ].join('\n');
};

const reportText = ({ replayed, already_present: there, adopted, ...rest }: ReplayReport): string =>
  [
    `${replayed} events replayed, ${there} were there, ${adopted} adopted`,
    `${rest.set_aside_bytes} bytes set aside`,
    `journal and mirror are ${rest.parity.consistent ? 'equal' : 'not equal'}`,
    ...Object.entries(rest.projections).map(([name, digest]) => `projection ${name} ${digest}`),
    '',
  ].join('\n');

export const command: Command = {
  options: {
    'dry-run': { type: 'flag', describe: 'say what there is to do, and do nothing' },
    projections: { type: 'flag', describe: 'make the projections anew, and nothing else' },
    from: { type: 'text', describe: 'what to rebuild from', choices: ['journal', 'mirror'] },
    'to-last-good': { type: 'flag', describe: 'go back to the last good event of the journal' },
    sign: { type: 'text', describe: 'the operator key that signs what is said of that' },
    'new-log-key': { type: 'text', describe: 'takes the place of a log key that signed beyond it' },
    ...LOCK_WAIT,
  },
  examples: [
    ['replay --dry-run', 'what is missing where, and what would be done'],
    ['replay --from mirror', 'a journal that is lost, made anew of the mirror'],
  ],
  run: async (given, terminal) => {
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const { layout } = ledger.right;
    const keyOf = (option: string) => {
      const text = given.text(option);
      return text === undefined ? E.right(undefined) : chooseKey(layout, text);
    };
    const operator = keyOf('sign');
    if (E.isLeft(operator)) return operator;
    const newLogKey = keyOf('new-log-key');
    if (E.isLeft(newLogKey)) return newLogKey;
    const progress = new Progress(terminal);
    const replayed = await ledger.right.replay({
      onProgress: ({ phase, events, total }) =>
        phase === 'rebuild_mirror'
          ? progress.mirror(events, total)
          : progress.tell(PHASES[phase], EVENTS, events, total),
      dryRun: given.flag('dry-run'),
      projectionsOnly: given.flag('projections'),
      from: given.text('from') as 'journal' | 'mirror' | undefined,
      toLastGood: given.flag('to-last-good'),
      operator: operator.right,
      newLogKey: newLogKey.right,
    });
    await progress.end();
    await ledger.right.close();
    if (E.isLeft(replayed)) return replayed;
    const { plan, report } = replayed.right;
    const exit = report?.parity.consistent === false ? DRIFT : 0;
    verdictIs(exit);
    if (terminal.isJson) await terminal.out(jsonLine(report ?? planData(plan)));
    else await terminal.out(report === undefined ? planText(plan) : reportText(report));
    return E.right(exit);
  },
};
