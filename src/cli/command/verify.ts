/**
 * `ledger verify`: the audit. It writes nothing, works beside a writer, and says what it did not
 * prove. Exit 0: all that was asked is proved.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import { MAX_NOTE_BYTES } from '../../storage/checkpoint-file.ts';
import type { Report } from '../../verify/verify.ts';
import type { Command } from '../command.ts';
import { VERDICT_EXITS } from '../exit-code.ts';
import { findingText, openText, placeOf } from '../finding-text.ts';
import { readTextInput } from '../input.ts';
import { openFor } from '../open.ts';
import { jsonLine } from '../terminal.ts';

const forPeople = (report: Report): string => {
  const { verdict, checked, findings, notProved, size, head } = report;
  const { journal, attestations, checkpoints, mirror, projections } = checked;
  const lines = [
    `${verdict}: ${visible(report.origin)}, ${size} events, head ${head ?? 'unknown'}`,
    `  journal      ${journal.events} events, ${journal.bytes} bytes`,
    `  attestations ${attestations.verified} verified, ${attestations.unsigned} unsigned`,
    `  checkpoints  ${checkpoints.matched} matched`,
    ...(mirror === undefined ? [] : [`  mirror       ${mirror.rows} rows equal to the byte`]),
    ...Object.entries(projections ?? {}).map(
      ([name, digest]) => `  projection   ${name} ${digest}`,
    ),
    ...findings.flatMap((found) => {
      const { what, next } = findingText(found);
      const place = placeOf(found);
      const where = place === '' ? '' : `${place}: `;
      return [`${found.severity}: ${where}${what} [${found.code}]`, `  ${next}`];
    }),
    ...notProved.map((open) => `not proved: ${openText(open)}`),
  ];
  return `${lines.join('\n')}\n`;
};

export const command: Command = {
  options: {
    checkpoint: { type: 'list', describe: 'a checkpoint that was kept elsewhere; may be repeated' },
    'journal-only': { type: 'flag', describe: 'look at the journal alone' },
    decisions: { type: 'flag', describe: 'judge every sealed decision again' },
    'max-duration': { type: 'text', describe: 'stop in time, and say what is left' },
    workers: { type: 'text', describe: 'how many threads (as many as there are cores)' },
  },
  examples: [
    ['verify', 'everything that is here'],
    ['verify --checkpoint held.note', 'and against what was kept where nobody here can change it'],
  ],
  run: async (given, terminal) => {
    const started = performance.now();
    const maxMs = given.duration('max-duration');
    if (E.isLeft(maxMs)) return maxMs;
    const workers = given.whole('workers');
    if (E.isLeft(workers)) return workers;
    const checkpoints: string[] = [];
    for (const path of given.list('checkpoint')) {
      const note = await readTextInput(path, MAX_NOTE_BYTES);
      if (E.isLeft(note)) return note;
      checkpoints.push(note.right);
    }
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const audited = await ledger.right.verify({
      checkpoints,
      journalOnly: given.flag('journal-only'),
      decisions: given.flag('decisions'),
      maxMs: maxMs.right,
      workers: workers.right,
    });
    await ledger.right.close();
    if (E.isLeft(audited)) return audited;
    const report = audited.right;
    const exit = VERDICT_EXITS[report.verdict];
    if (terminal.isJson) {
      const { notProved, findings, ...rest } = report;
      const told = findings.map((each) => ({ ...each, next: findingText(each).next }));
      const elapsed_ms = Math.round(performance.now() - started);
      const not_proved = notProved.map(openText);
      await terminal.out(jsonLine({ ...rest, exit, findings: told, not_proved, elapsed_ms }));
    } else await terminal.out(forPeople(report));
    return E.right(exit);
  },
};
