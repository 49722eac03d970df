/**
 * `ledger policy explain DRAFT`: what would become of a draft if it came in now, rule by rule.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import type { Explanation, Row } from '../../../policies/explain/explain.ts';
import { explain } from '../../../policies/explain/explain.ts';
import { propose } from '../../../policies/proposal.ts';
import { surfaceOf } from '../../../policies/surface.ts';
import type { Submission } from '../../usecase/batch.ts';
import { stand } from '../../usecase/stand.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { draftIn, inFile } from '../draft-input.ts';
import { readInput } from '../input.ts';
import { MAX_DRAFT_BYTES } from '../line-input.ts';
import { withLedger } from '../open.ts';
import { OTHER_SET, beginning, setMeant } from '../policy-set.ts';
import { jsonLine } from '../terminal.ts';
import { SIGNING, glassOf, signOf, submissionOf } from '../writing.ts';

const dataOf = ({ decision, rows }: Explanation): object => {
  const told = (standing: Row['standing']): readonly object[] =>
    rows
      .filter((row) => row.standing === standing)
      .map(({ rule, outcome, reason, overridable, change }) => ({
        rule,
        outcome,
        reason,
        overridable,
        change,
      }));
  const { outcome, required, policy_set } = decision;
  return {
    outcome,
    contributing: told('contributing'),
    discarded: told('discarded'),
    required,
    policy_set,
  };
};

const rowText = ({ rule, outcome, reason, overridable, change }: Row): string => {
  const firm = overridable ? '' : ', nothing overrides it';
  const advice = change === undefined ? '' : `\n    to pass: ${visible(change)}`;
  return `  ${visible(rule)}: ${outcome}${firm}: ${visible(reason)}${advice}\n`;
};

/** Rules that have nothing against it, by what they say. */
const silentText = (rows: readonly Row[]): string =>
  [...Map.groupBy(rows, ({ reason }) => reason)]
    .map(([reason, of]) => `  ${reason}: ${of.map(({ rule }) => visible(rule)).join(', ')}\n`)
    .join('');

const textOf = (type: string, { decision, rows }: Explanation): string =>
  [
    `${decision.outcome}: ${visible(type)}\n`,
    ...rows.filter(({ outcome }) => outcome !== 'allow').map(rowText),
    silentText(rows.filter(({ outcome }) => outcome === 'allow')),
    `policy set ${decision.policy_set}\n`,
  ].join('');

/** What is reserved is judged on the surface of the command that writes it. */
const explained = (
  reader: Parameters<typeof stand>[1],
  { draft }: Submission,
  set: Parameters<typeof explain>[2] | undefined,
): ReturnType<typeof stand<Explanation>> =>
  stand(realPorts, reader, beginning(), ({ ground, view }) => {
    const proposal = propose(realPorts.crypto, surfaceOf(draft.claim.event_type), draft);
    return explain(proposal, view, set ?? ground.set);
  });

export const command: Command = {
  options: { ...SIGNING, ...OTHER_SET },
  examples: [
    ['policy explain draft.json --sign bot', 'as if bot had signed it'],
    ['policy explain draft.json --with policies/', 'by a set that is not adopted yet'],
  ],
  run: async (given, terminal) => {
    const set = await setMeant(given, given.list('with'));
    if (E.isLeft(set)) return set;
    const bytes = await readInput(given.word(0), MAX_DRAFT_BYTES);
    if (E.isLeft(bytes)) return bytes;
    const stated = draftIn({ bytes: bytes.right });
    if (E.isLeft(stated)) return E.left(inFile(given.word(0), stated.left));
    const used = glassOf(given);
    if (E.isLeft(used)) return used;
    return withLedger(given, terminal, async (ledger) => {
      const by = signOf(given, ledger.layout);
      if (E.isLeft(by)) return by;
      const draft = { ...stated.right, ...used.right };
      const submission = submissionOf(ledger, draft, { sign: by.right });
      if (E.isLeft(submission))
        return E.left(inFile(given.word(0), { _tag: 'LineRefused', cause: submission.left }));
      const told = explained(ledger.reader, submission.right, set.right);
      if (E.isLeft(told)) return told;
      const type = submission.right.draft.claim.event_type;
      await terminal.out(terminal.isJson ? jsonLine(dataOf(told.right)) : textOf(type, told.right));
      return E.right(undefined);
    });
  },
};
