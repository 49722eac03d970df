/**
 * The totality of the fold: lines of any kind, in any order, with any notes held, are judged to the
 * end, and a line that is no line counts against the chain.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { render } from '../../ledger/render/render.ts';
import { edited, edits } from '../arbitrary/bytes.ts';
import { checkpointsOf, story, told } from '../arbitrary/chain.ts';
import { resealed } from '../arbitrary/line.ts';
import { hostileBytes, hostileText } from '../arbitrary/wild.ts';
import { offences, verified } from '../model/fold.ts';

const place = fc.tuple(fc.nat(), fc.oneof(hostileBytes, resealed));

export const judgesAnyLines = (crypto: Crypto) =>
  fc.property(
    story,
    fc.array(place, { maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(), edits), { maxLength: 2 }),
    hostileText,
    (tale, foreign, changes, noise) => {
      const chain = told(tale);
      const filled = foreign.reduce<readonly Uint8Array[]>(
        (lines, [at, bytes]) => lines.toSpliced(at % (lines.length + 1), 0, bytes),
        chain.lines,
      );
      const lines = changes.reduce<readonly Uint8Array[]>((so, [at, change]) => {
        const i = at % so.length;
        return so.with(i, edited(so[i] ?? new Uint8Array(), change));
      }, filled);
      hold(crypto, noise);
      const notes = checkpointsOf(chain).filter((note) => E.isRight(hold(crypto, note)));
      const verdict = verified(crypto, lines, notes.slice(0, 4));
      verdict.findings.forEach(render);
      return (
        lines.length === verdict.state.lines &&
        (foreign.length === 0 || changes.length > 0 || offences(verdict).length > 0)
      );
    },
  );
