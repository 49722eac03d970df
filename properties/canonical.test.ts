/**
 * Canonical JSON: one text for every value, and nothing taken whose meaning would not survive.
 */
import { describe } from 'vitest';
import { format, write } from '../ledger/json/format.ts';
import { parse, parseString } from '../ledger/json/parse.ts';
import { isCanonical } from '../ledger/json/scan.ts';
import { all, law } from './check.ts';
import * as C from './law/canonical.ts';
import * as R from './law/refusal.ts';

const canon: C.Canon = { parse, parseString, write, format, isCanonical };
const runs = { runs: all };

describe('canonical JSON', () => {
  law('a value is written in one way and reads as it was', () => C.writesWhatItReads(canon), runs);
  law('the style of the text leaves no trace', () => C.isBlindToStyle(canon), runs);
  law(
    'bytes are canonical exactly where writing what they say gives them back',
    () => C.isCanonicalMeansWrittenSo(canon),
    runs,
  );
  law('no edit of a list of keys is overlooked', () => C.isCanonicalSeesEveryEdit(canon), runs);
  law('keys stand in the order of their UTF-16 units', () => C.keysSortByUnits(canon), runs);
  law('the platform reads the same value, losses aside', () => C.agreesWithPlatform(canon), runs);
  law('a refusal of text states its line and column', () => C.refusalHasItsPlace(canon), runs);
  law('a refusal of bytes has its place', () => C.refusalOfBytesHasItsPlace(canon), runs);
  law('containers nest 64 deep and no deeper', () => C.depthIsBounded(canon), runs);
});

describe('what a ledger does not hold', () => {
  law('a loss of meaning is refused by its name', () => R.refusesEveryLoss(canon), runs);
  law('half a surrogate pair is refused', () => R.refusesHalfPairs(canon), runs);
  law(
    'any value is refused or written so that it reads the same',
    () => R.formatsOrRefuses(canon),
    runs,
  );
});
