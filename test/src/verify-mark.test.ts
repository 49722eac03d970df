/**
 * What a mark carries from one audit to the next: new events are judged by it, and by nothing that
 * the ledger says of what came before.
 */
import * as fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Mark } from '../../src/verify/mark.ts';
import { formatMark, parseMark } from '../../src/verify/mark.ts';
import type { Report } from '../../src/verify/verify.ts';
import { right } from '../build/ledger.ts';
import type { Site } from '../build/site.ts';
import { EVENTS, auditOf, build, codes, event, openAt } from '../build/site.ts';

let site: Site;
let mark: string;

beforeAll(async () => {
  site = await build();
  mark = (await auditOf(site)).mark ?? '';
  const ledger = openAt(site.base);
  right(await ledger.append([event(EVENTS)]));
  await ledger.close();
});
afterAll(() => fs.rmSync(site.home, { recursive: true }));

const since = (change: Partial<Mark>): Promise<Report> =>
  auditOf(site, undefined, {
    since: formatMark(native, { ...right(parseMark(native, mark)), ...change }),
  });

it('new events are held against the policy set that was in force', async () => {
  const sound = await since({});
  expect([sound.verdict, codes(sound)]).toEqual(['verified', []]);
  const other = await since({ policy_set: native.digest(encodeUtf8('another set')) });
  expect([other.verdict, codes(other)]).toEqual(['tampered', ['policy_set_mismatch']]);
});

it('the lines that were withheld are counted on', async () => {
  const { mark: next } = await since({ withheld: 3 });
  expect(right(parseMark(native, next ?? '')).withheld).toBe(3);
});
