/**
 * `ledger experiment plan`: how many sessions it takes, before one is made. A plan is held against
 * what the ledger knows of its metric by now; without one, no ledger is needed.
 */
import * as E from 'fp-ts/lib/Either.js';
import { historyOf } from '../../experiment/history.ts';
import { READY_METRICS } from '../../experiment/metric.ts';
import type { Plan } from '../../experiment/plan.ts';
import { realPorts } from '../../wiring.ts';
import { columns } from '../columns.ts';
import type { Answer, Command } from '../command.ts';
import { planGiven } from '../experiment/happen.ts';
import { POWER, askedOf, planned } from '../experiment/planning.ts';
import { shownNumber } from '../experiment/report-text.ts';
import type { Given } from '../given.ts';
import { withLedger } from '../open.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal.ts';

type Told = Readonly<Record<string, number | string>>;

const rowOf = ([name, value]: readonly [string, number | string]): readonly string[] => [
  name.replaceAll('_', ' '),
  typeof value === 'string' ? value : shownNumber(value),
];

const tell = async (terminal: Terminal, told: Told): Answer => {
  await terminal.out(terminal.isJson ? jsonLine(told) : columns(Object.entries(told).map(rowOf)));
  return E.right(undefined);
};

/** By what is recorded of the metric of a plan. */
const byHistory = (given: Given, terminal: Terminal, plan: Plan): Answer =>
  withLedger(given, terminal, async ({ reader }) => {
    const ended = reader.ended();
    if (E.isLeft(ended)) return ended;
    const size = ended.right?.size ?? 0;
    const history = historyOf(realPorts.crypto, reader, plan, size);
    if (E.isLeft(history)) return history;
    const asked = askedOf(given, { plan, history: history.right });
    if (E.isLeft(asked)) return asked;
    const told = planned(asked.right);
    const { values, missing } = history.right;
    const counted = { metric: plan.metric.name, size, sessions: values.length, missing };
    return told === undefined
      ? given.usage(
          `of ${values.length} sessions that are recorded nothing can be planned; ` +
            'it takes two that differ, with a mean above 0: say what is expected by --baseline',
        )
      : tell(terminal, { ...counted, ...told });
  });

export const command: Command = {
  options: {
    ...POWER,
    metrics: { type: 'flag', describe: 'print the ready-made metrics, to be copied and edited' },
  },
  examples: [
    ['experiment plan --baseline 0.42 --deviation 0.2 --effect 10', 'sessions for a mean'],
    ['experiment plan --baseline 0.8 --effect 5 --sessions 500', 'for a rate, and what 500 show'],
    ['experiment plan plan.yaml', 'by what the ledger knows of the metric of a plan'],
    ['experiment plan --metrics --json', 'what each ready-made metric reads'],
  ],
  run: async (given, terminal) => {
    if (given.flag('metrics')) {
      const all = Object.values(READY_METRICS);
      await terminal.out(
        terminal.isJson
          ? all.map((each) => jsonLine(each)).join('')
          : all.map((each) => `${JSON.stringify(each, undefined, 2)}\n`).join(''),
      );
      return E.right(undefined);
    }
    const [file] = given.words;
    if (file !== undefined) {
      if (['baseline', 'deviation'].some((name) => given.text(name) !== undefined))
        return given.usage('name a plan or say --baseline and --deviation, not both');
      const plan = await planGiven(given, file);
      return E.isLeft(plan) ? plan : byHistory(given, terminal, plan.right);
    }
    const asked = askedOf(given);
    if (E.isLeft(asked)) return asked;
    const told = planned(asked.right);
    return told === undefined
      ? given.usage('it takes --baseline MEAN with --deviation, or a rate between 0 and 1')
      : tell(terminal, told);
  },
};
