/**
 * A signed log of cortex of which a row or two were altered: those are told, or what cannot be
 * proved behind them is said, and no row whose own signature is whole is called wrong.
 */
import { describe, expect, it } from 'vitest';
import { proved, unproved } from './cortex-changed.ts';
import { SIGNED } from './cortex-damaging.ts';
import { defectsOf, planCortex, putFile, readFixture } from './fixture.ts';

const [OWN = '', NEXT = ''] = ['operator', 'operator-next'].map((name) =>
  readFixture('cortex', 'keys', `${name}.pub`).toString('hex'),
);
const LAST = 85;

type Alter = (line: string) => string;
const label: Alter = (line) => line.replace(/"key_id":"[^"]*"/, '"key_id":"me"');
const renamed: Alter = (line) => line.replace('"key_id":"8', '"key_id":"9');
const other: Alter = (line) => line.replace(/"session_id":(?:null|"[^"]*")/, '"session_id":"s"');
/** Another digit of a signature: the next row signs the first half of it. */
const digit =
  (at: number): Alter =>
  (line) => {
    const from = line.lastIndexOf('"bytes":"') + '"bytes":"'.length + at;
    return line.slice(0, from) + (line[from] === 'A' ? 'Q' : 'A') + line.slice(from + 1);
  };
const ending: Alter = (line) => `${line}\r`;
const lost: Alter = () => 'x';

type Altered = Readonly<Record<number, Alter>>;
const planOf = (rows: Altered, keys: readonly string[] = [], all: Alter = (line) => line) => {
  const lines = SIGNED.lines.map((line, at) => `${(rows[at + 1] ?? all)(line)}\n`);
  return planCortex(putFile('events.jsonl', lines.join('')), { keys });
};
const told = (rows: Altered, keys: readonly string[] = [], all?: Alter) => {
  const plan = planOf(rows, keys, all);
  const { signatures } = proved(plan) as { signatures: { rows: readonly string[] } };
  const defects = defectsOf(plan).map((each) => each.replace(' events.jsonl', ''));
  return { defects, good: signatures.rows, keys: JSON.stringify(proved(plan)['keys']) };
};

describe('the first row of a signed log', () => {
  it('names no key for the others where that is not the one that signed it', () => {
    const keys = [NEXT, OWN].map((key) => ({ key, given: true }));
    const plan = told({ 1: renamed });
    expect(plan).toMatchObject({ defects: ['signature_invalid:1'], good: ['2-20'] });
    expect(plan.keys).not.toContain('"9');
    expect(told({ 1: renamed }, [NEXT, OWN])).toEqual({
      defects: ['key_not_active:1'],
      good: ['2-20'],
      keys: JSON.stringify(keys.toReversed()),
    });
  });

  it('is told alone where its signature was altered, which the next one signs, too', () => {
    for (const keys of [[], [OWN]]) {
      expect(told({ 1: digit(5) }, keys)).toMatchObject({
        defects: ['signature_invalid:1'],
        good: ['3-20'],
      });
      expect(unproved(planOf({ 1: digit(5) }, keys))).toContain('1 signatures behind what is lost');
    }
    const given = told({ 1: (line) => digit(5)(label(line)) }, [OWN], label);
    expect(given).toMatchObject({ defects: ['signature_invalid:1'], good: ['3-20'] });
    // Nobody knows who signed a row with a label, and nothing shows whether that is what it was.
    const open = told({ 1: (line) => digit(5)(label(line)) });
    expect(open).toMatchObject({ defects: [], good: ['3-20'] });
  });

  it('may be of a key that nobody trusts yet, and no name alone makes another one sign', () => {
    const plan = planOf({}, [NEXT]);
    expect(defectsOf(plan)).toEqual([]);
    expect(unproved(plan)).toContain(`that ${OWN} is to be trusted`);
    const lines = SIGNED.lines.toSpliced(8, 1).map((line) => `${line}\n`);
    const gone = (all: Alter) =>
      planCortex(putFile('events.jsonl', lines.map(all).join('')), { keys: [OWN, NEXT] }).defects
        .counts;
    expect(gone((line) => line).get('key_not_active')).toBe(11);
    // A label names no key: what is not linked to the one before it is of nobody.
    expect(gone(label).get('key_not_active')).toBe(10);
    expect(gone(label).get('signature_invalid')).toBe(1);
  });
});

describe('an altered signature', () => {
  it('excuses the next row alone, and none behind a good one', () => {
    for (const alter of [digit(60), renamed]) {
      const { defects, good } = told({ 3: alter, 6: other });
      expect(defects).toEqual([
        alter === renamed ? 'key_not_active:3' : 'signature_invalid:3',
        'signature_invalid:6',
      ]);
      expect(good).toEqual(['1-2', '4-5', '7-20']);
    }
  });

  it('is told though another key is named, and none behind it', () => {
    const { defects, good } = told({ 3: (line) => digit(5)(renamed(line)) });
    expect([defects, good]).toEqual([['key_not_active:3'], ['1-2', '5-20']]);
  });

  it('is told in the bits of its last digit that stand for nothing', () => {
    const line = SIGNED.lines[3] ?? '';
    const from = line.lastIndexOf('"bytes":"') + '"bytes":"'.length + LAST;
    const next = String.fromCharCode(line.charCodeAt(from) + 1);
    const spare: Alter = (text) => text.slice(0, from) + next + text.slice(from + 1);
    const { defects, good } = told({ 4: spare });
    expect([defects, good]).toEqual([['signature_invalid:4'], ['1-3', '5-20']]);
  });

  it('is told behind a line that is oddly written, and whose row is whole', () => {
    const { defects, good } = told({ 3: ending, 4: digit(5) });
    expect(defects).toEqual(['carriage_return:3', 'signature_invalid:4']);
    expect(good).toEqual(['1-3', '6-20']);
    // A row without its signature is not whole.
    const bare = told({ 3: (line) => line.replace('"signature":{', '"signaturf":{') });
    expect(bare.defects).toEqual(['unknown_member:3']);
    expect(bare.good).toEqual(['1-2', '5-20']);
  });

  it('makes no row behind it wrong where the one before it is lost', () => {
    for (const rows of [{ 4: digit(5) }, { 5: digit(5) }]) {
      const { defects } = told({ 3: lost, ...rows });
      expect(defects).toEqual(['not_json:3', 'chain_unproved:4']);
    }
    expect(told({ 3: lost, 6: other }).defects).toContain('signature_invalid:6');
    // Behind one that another key has signed in its place the next is told at once.
    expect(told({ 9: lost, 12: other }).defects).toContain('signature_invalid:12');
    const three = { 3: lost, 4: digit(5), 5: digit(5), 6: digit(5), 7: digit(5) };
    expect(told(three).defects).toContain('signature_invalid:7');
  });
});

describe('a change of keys that was altered, behind which a label stands for the key', () => {
  const rotated: Altered = { 9: (line) => label(line).replace('244,237,155', '244,237,156') };
  const behind = Array.from({ length: 11 }, (_, at) => `key_not_active:${at + 10}`);

  it('is believed by nobody: each row behind it is told', () => {
    for (const keys of [[OWN, NEXT], [OWN]]) {
      const { defects, good } = told(rotated, keys, label);
      expect(defects).toEqual(['payload_hash_mismatch:9', 'rotation_invalid:9', ...behind]);
      expect(good).toEqual(['1-9']);
    }
  });

  it('changes nothing where the key before it signs on', () => {
    const note = SIGNED.lines[8] ?? '';
    const rows: Altered = {
      3: (line) =>
        label(line)
          .replace(/"event_type":"[^"]*"/, '"event_type":"cortex.event.system_note.v1"')
          .replace(/"payload":.*?,"payload_hash"/, () => {
            const [, payload = ''] = /"payload":(.*),"payload_hash"/.exec(note) ?? [];
            return `"payload":${payload.replace('244,237,155', '244,237,156')},"payload_hash"`;
          }),
      5: (line) => other(label(line)),
    };
    expect(told(rows, [OWN, NEXT], label).defects).toEqual([
      'payload_hash_mismatch:3',
      'rotation_invalid:3',
      'signature_invalid:5',
    ]);
  });
});

const seventh: Alter = (line) =>
  line.replace(/(signed_at":"[^"]*)...Z"/, (_, all: string) => `${all}000Z"`);
const sixth: Alter = (line) =>
  line.replace(/(signed_at":"[^".]*\.\d{5})(\d)/, (_, all: string, last: string) =>
    all.concat(last === '0' ? '1' : '0'),
  );

describe('what no signature covers of itself', () => {
  it('is altered without a defect, and the report says what that is', () => {
    expect(told({ 2: sixth }).defects).toEqual(['signature_invalid:2']);
    const plan = planOf({ 2: seventh, 3: label });
    expect(plan.defects.total).toBe(0);
    expect(proved(plan)).toMatchObject({ signatures: { rows: ['1-20'] } });
    expect(plan.report['not_protected']).toContainEqual(
      expect.stringMatching(/signed_at.*six digits.*key_id.*label/),
    );
  });
});
