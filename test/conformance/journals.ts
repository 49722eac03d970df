/**
 * journals.json and refused-lines.json: whole journals, sound or not, with the line at which it
 * shows.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { linesOf } from './chain.ts';
import type { Folded } from './fold.ts';
import { describe, fold, offences } from './fold.ts';
import type { Suite, Vector } from './report.ts';
import { holds, same } from './report.ts';

/**
 * Where a journal first shows an offence; what only the end shows is said of the line it concerns.
 */
const firstPlace = (folded: Folded, lines: number): number | undefined => {
  const [first] = offences(folded);
  return first?.at === lines ? (first.finding.seq ?? lines) : first?.at;
};

const checkNote = (
  crypto: Crypto,
  origin: string,
  lines: readonly string[],
  each: Vector,
): readonly string[] => {
  const note = each.get('note').text();
  const isGood =
    E.isRight(hold(crypto, note)) && offences(fold(crypto, origin, lines, [note])).length === 0;
  return same(`${each.path} is good`, isGood, each.get('good').flag());
};

export const journalVectors = ({ crypto, test }: Suite, file: Vector): void => {
  const origin = file.get('origin').text();
  for (const journal of file.get('journals').items())
    test(`${journal.path} (${journal.get('why').text()})`, () => {
      const lines = journal
        .get('lines')
        .items()
        .map((line) => line.text());
      const folded = fold(crypto, origin, lines);
      const notes = journal.find('checkpoints')?.items() ?? [];
      const judged = notes.flatMap((each) => checkNote(crypto, origin, lines, each));
      if (journal.get('sound').flag())
        return [...same('offences', describe(offences(folded)), 'nothing'), ...judged];
      const place = firstPlace(folded, lines.length);
      const expected = journal.find('at')?.number() ?? place;
      return [
        ...holds('the journal is taken for sound', place !== undefined),
        ...same('first offending line', place, expected),
        ...judged,
      ];
    });
};

/** What `shows` says, as the place of the first finding. */
const placeOf = (shows: string, at: number, lines: number): number | undefined => {
  switch (shows) {
    case 'here':
      return at;
    case 'at the next event':
      return at + 1;
    case 'at the end':
      return lines;
    default:
      return undefined;
  }
};

export const refusedLineVectors = ({ crypto, test, companion }: Suite, file: Vector): void => {
  const origin = file.get('origin').text();
  const chain = companion('chain.json', origin);
  for (const each of file.get('lines').items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      if (chain === undefined)
        return [`expected a chain.json of origin ${origin} beside it, to put the line into`];
      const at = each.get('at').number();
      const good = linesOf(chain);
      if (at < 0 || at >= good.length) return [`no line ${at} in chain.json`];
      const lines = good.map((line, i) => (i === at ? each.get('line').text() : line));
      const expected = placeOf(each.get('shows').text(), at, lines.length);
      const [first] = offences(fold(crypto, origin, lines));
      return [
        ...holds('the member shows says none of the places known', expected !== undefined),
        ...same('first finding', first?.at, expected),
      ];
    });
};
