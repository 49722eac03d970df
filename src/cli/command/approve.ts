/**
 * `ledger approve SUBJECT`: a second pair of eyes has seen it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Meaning } from '../../../ledger/name.ts';
import { parseKeyId } from '../../../ledger/name.ts';
import { visible } from '../../../ledger/render/render.ts';
import type { Ledger } from '../../ledger.ts';
import { listKeys } from '../../storage/key-file.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { enrolledKeys, matching } from '../enrolled.ts';
import type { CliError } from '../error.ts';
import { withLedger } from '../open.ts';
import { brief } from '../suggestion.ts';
import { WRITING, record, signOf } from '../writing.ts';

/** An event by its id, or a key by its key_id or name: also one of keys/ that is to be enrolled. */
const subjectsOf = (
  { reader, layout }: Ledger,
  text: string,
): E.Either<CliError, readonly string[]> => {
  const event = reader.find({ id: text });
  if (E.isLeft(event)) return event;
  if (event.right !== undefined) return E.right([text]);
  const known = enrolledKeys(reader);
  if (E.isLeft(known)) return known;
  const kept = listKeys(realPorts.disk, layout.keys);
  const ids = [...known.right.map((each) => each.key_id), ...(E.isRight(kept) ? kept.right : [])];
  const [id, ...others] = matching([...new Set(ids)], text);
  if (id === undefined) return E.right([]);
  return others.length === 0
    ? E.right([id])
    : E.left({ _tag: 'KeyAmbiguous', name: text, keyIds: [id, ...others] });
};

export const command: Command = {
  options: {
    note: { type: 'text', describe: 'what is to be said of it' },
    ...WRITING,
    meaning: { type: 'text', describe: 'what the signature means (approved)' },
  },
  examples: [
    ['approve bot+1f3a9c2e --sign carol', 'carol has looked at the key before it is enrolled'],
    ['approve invoice:2026-0001 --note "seen the receipt" --sign carol', 'or at an event'],
  ],
  run: async (given, terminal) => {
    if (given.text('sign') === undefined)
      return given.usage("an approval is somebody's word: approve takes --sign KEY");
    if (given.word(0) === '') return given.usage('approve takes SUBJECT, and it is empty');
    return withLedger(given, terminal, async (ledger) => {
      const sign = signOf(given, ledger.layout);
      if (E.isLeft(sign)) return sign;
      const found = subjectsOf(ledger, given.word(0));
      if (E.isLeft(found)) return found;
      const [subject = given.word(0)] = found.right;
      // A key that was made elsewhere is seen before it is known here.
      if (found.right.length === 0 && E.isLeft(parseKeyId(subject)))
        terminal.note(`Neither an event nor a key here is named ${brief(visible(subject))}.`);
      const note = given.text('note');
      const payload = { subject, ...(note === undefined ? {} : { note }) };
      const stated = { event_type: 'review.approved', payload };
      return record(given, terminal, ledger, stated, 'append', {
        sign: sign.right && {
          ...sign.right,
          meaning: sign.right.meaning ?? ('approved' as Meaning),
        },
      });
    });
  },
};
