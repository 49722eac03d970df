/**
 * What the commands about experiments share: the plan that is handed in, and how something that
 * happens to an experiment is recorded and told.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json } from '../../../ledger/json/value.ts';
import type { Document } from '../../../policies/document/read.ts';
import { judge } from '../../../policies/document/shape.ts';
import { MAX_DOCUMENT } from '../../../policies/document/text.ts';
import type { CommandKind, Command as Wanted } from '../../experiment/decider.ts';
import { ALLOWED } from '../../experiment/decider.ts';
import { experimentOf, isSound } from '../../experiment/event.ts';
import type { Plan } from '../../experiment/plan.ts';
import { planShape, readPlan } from '../../experiment/plan.ts';
import { look, transition } from '../../experiment/transition.ts';
import type { Ledger } from '../../ledger.ts';
import type { Receipt } from '../../usecase/receipt.ts';
import { realPorts } from '../../wiring.ts';
import type { Answer, Options } from '../command.ts';
import type { CliError, PlanRefused } from '../error.ts';
import type { Given } from '../given.ts';
import { readInput } from '../input.ts';
import { earlierReceipts } from '../earlier-receipt.ts';
import { heed, onLeave } from '../leave.ts';
import { failureOf, printReceipts } from '../receipt.ts';
import type { Terminal } from '../terminal.ts';
import { enter } from '../writing.ts';

/** How a plan is made without a file. */
export const PLANNING: Options = {
  id: { type: 'text', describe: 'by which commands name it' },
  name: { type: 'text', describe: 'its title' },
  hypothesis: { type: 'text', describe: 'what is expected' },
  change: { type: 'text', describe: 'what is different in the treatment' },
  metric: { type: 'text', describe: 'a ready-made metric' },
  relative: { type: 'text', describe: 'the criterion: better by so many percent' },
  absolute: { type: 'text', describe: 'the criterion: better by so much, in its unit' },
  'non-inferiority': { type: 'text', describe: 'the criterion: worse by at most so many percent' },
  statistic: { type: 'text', describe: 'what is compared', choices: ['mean', 'median', 'rate'] },
  days: { type: 'text', describe: 'how long it is meant to run (14)' },
  minimum: { type: 'text', describe: 'sessions of each arm, before there is a verdict (20)' },
  seed: { type: 'text', describe: 'what the draws begin with (0)' },
  supersedes: { type: 'text', describe: 'the experiment in whose place it stands' },
};

const START = { line: 1, column: 1 };

const documentOf = (value: Json): Document => ({
  file: 'options',
  value,
  placeOf: () => START,
  keyPlaceOf: () => START,
});

/** Options that are numbers, by the place in the plan that they fill. */
const NUMBERS: readonly (readonly [option: string, place: string, within?: string])[] = [
  ['relative', 'relative_pct', 'criterion'],
  ['absolute', 'absolute', 'criterion'],
  ['non-inferiority', 'non_inferiority_pct', 'criterion'],
  ['seed', 'seed', 'analysis'],
  ['days', 'duration_days'],
  ['minimum', 'minimum_sessions'],
];

const TEXTS = ['id', 'name', 'hypothesis', 'change', 'metric', 'supersedes'] as const;

const stated = (given: Given): E.Either<CliError, Json> => {
  const plan: Record<string, Json> = {};
  const parts: Record<string, Record<string, Json>> = {};
  for (const [option, place, within] of NUMBERS) {
    const read = given.decimal(option);
    if (E.isLeft(read)) return read;
    if (read.right === undefined) continue;
    const part = within === undefined ? plan : (parts[within] ??= {});
    part[place] = read.right;
  }
  const statistic = given.text('statistic');
  if (statistic !== undefined) (parts['analysis'] ??= {})['statistic'] = statistic;
  for (const name of TEXTS) {
    const text = given.text(name);
    if (text !== undefined) plan[name] = text;
  }
  return E.right({ ...plan, ...parts });
};

const refused = (problems: PlanRefused['problems']): CliError => ({
  _tag: 'PlanRefused',
  problems,
});

/** planGiven reads the plan that a command names: a file, else its options. */
export const planGiven = async (
  given: Given,
  file: string | undefined,
): Promise<E.Either<CliError, Plan>> => {
  if (file === undefined) {
    const said = stated(given);
    return E.isLeft(said) ? said : E.mapLeft(refused)(judge(documentOf(said.right), planShape));
  }
  if (Object.keys(PLANNING).some((name) => given.text(name) !== undefined))
    return given.usage('name a file or say it in options, not both');
  const bytes = await readInput(file, MAX_DOCUMENT);
  return E.isLeft(bytes) ? bytes : E.mapLeft(refused)(readPlan(file, bytes.right));
};

const earlierOf = (
  { reader }: Ledger,
  seq: number | undefined,
): E.Either<CliError, readonly Receipt[]> =>
  seq === undefined ? E.right([]) : earlierReceipts(reader, { seq });

/** What a plan is to stand in the place of must be there, and must not stand in the place of it. */
const isSuperseding = (
  given: Given,
  { reader }: Ledger,
  kind: CommandKind,
  { id, supersedes }: Plan,
): E.Either<CliError, undefined> => {
  const itself = look(reader, id);
  if (E.isLeft(itself)) return itself;
  const allowed: readonly CommandKind[] = ALLOWED[itself.right.standing.experiment.status];
  // What may not happen whatever the plan says is refused as such.
  if (!allowed.includes(kind)) return E.right(undefined);
  const met = new Set<string>();
  let name = supersedes;
  while (name !== undefined && !met.has(name)) {
    met.add(name);
    const before = look(reader, name);
    if (E.isLeft(before)) return before;
    const { experiment } = before.right.standing;
    if (experiment.status === 'nothing')
      return E.left({ _tag: 'NotFound', kind: 'experiment', name });
    if (experiment.plan.supersedes === id)
      return given.usage(`${name} supersedes ${id}: neither of them would stand`);
    name = experiment.plan.supersedes;
  }
  return E.right(undefined);
};

/** happen has it happen, and prints what became of it. */
export const happen = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  wanted: Wanted,
): Answer => {
  if (!isSound(wanted)) return given.usage('what is said is empty, or too long');
  const sound =
    'plan' in wanted ? isSuperseding(given, ledger, wanted.kind, wanted.plan) : E.right(undefined);
  if (E.isLeft(sound)) return sound;
  // What came meanwhile is heard before it happens; afterwards it stands.
  await heed();
  const id = experimentOf(wanted);
  onLeave(async (why) =>
    why === 'signal' ? `See ledger experiment show ${id}: what was recorded stands.` : undefined,
  );
  const done = await transition(realPorts.crypto, ledger.reader, wanted, (draft, expectRows) =>
    enter(given, ledger, draft, 'experiment_transition', { expectRows }),
  );
  if (E.isLeft(done)) return done;
  const receipts =
    done.right?.status === 'told'
      ? earlierOf(ledger, done.right.at?.seq)
      : E.right(done.right === undefined ? [] : [done.right]);
  if (E.isLeft(receipts)) return receipts;
  await printReceipts(
    terminal,
    receipts.right.map((receipt) => ({ receipt })),
  );
  const failure = receipts.right.map((each) => failureOf(each)).find((each) => each !== undefined);
  return failure === undefined ? E.right(undefined) : E.left(failure);
};
