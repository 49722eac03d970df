/**
 * What SQLite holds beside plain text: a NUL within a text, bytes that are no UTF-8, rows in places
 * beyond what a number holds, ids that are none, rows that say the same. All is kept as it is, and
 * nothing becomes something else.
 */
import { expect, it } from 'vitest';
import { withLedger } from '../src/cli/shell.ts';
import { edit, take, takeTwice, unkeyed } from './kaizen-told.ts';

const DONE = '8d1cc5b4-02c6-5cf3-b514-6d5c1df23259';

/** Another experiment of a folder, like one that it has, with a tag of its own. */
const another = (rowid: string, id: string, place: string): string =>
  `INSERT INTO experiments (rowid, id, name, created_at_ms, metadata, state, concluded_at_ms)
     SELECT ${rowid}, ${id}, name, created_at_ms, json_set(metadata, '$.id', ${id}), 'Running', NULL
     FROM experiments WHERE ${place}`;
const tag = (id: string, session: string, variant = "'Control'"): string =>
  `INSERT INTO experiment_tags VALUES (${id}, ${session}, ${variant})`;

interface Recorded {
  readonly header: { readonly event_type: string };
  readonly payload: { readonly [name: string]: unknown };
}

const recorded = (lines: readonly string[], type: string) =>
  lines
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ header }) => header.event_type === type)
    .map(({ payload }) => payload);

it('a text with a NUL, or bytes that are no text, stay what they are', async () => {
  const shell = withLedger();
  const path = unkeyed();
  const texts = ["'s' || char(0) || 'one'", "'s' || char(0) || 'two'"];
  const bytes = ["CAST(x'ff41' AS TEXT)", "CAST(x'fe41' AS TEXT)", "char(0) || 'base64,/0E='"];
  edit(
    path,
    [
      another('NULL', "'odd'", `id = '${DONE}'`),
      ...[...texts, ...bytes].map((session) => tag("'odd'", session)),
      tag("'odd'", "'plain'", "'Control' || char(0) || 'x'"),
      "UPDATE experiments SET name = name || char(0) || 'behind' WHERE id = 'odd'",
      "INSERT OR REPLACE INTO sync_state VALUES ('last_error', 'abc' || char(0) || 'def')",
      "INSERT INTO sync_state VALUES ('odd_bytes', CAST(x'61ff62' AS TEXT))",
    ].join(';\n'),
  );
  const { seq } = await takeTwice(shell, path);
  const lines = shell.journal();
  const tagged = recorded(lines, 'experiment.tagged').filter(
    (each) => each['experiment'] === 'odd',
  );
  expect(tagged).toEqual([]);
  const kept = recorded(lines, 'kaizen.experiment').find(({ id }) => id === 'odd');
  expect(kept?.['tags']).toEqual([
    ['s\0one', 'Control'],
    ['s\0two', 'Control'],
    ['\0base64,/0E=', 'Control'],
    ['\0base64,/kE=', 'Control'],
    [`\0base64,${Buffer.from('\0base64,/0E=').toString('base64')}`, 'Control'],
    ['plain', 'Control\0x'],
  ]);
  expect(kept?.['name']).toMatch(/\0behind$/);
  const seal = lines[seq] ?? '';
  expect(lines.join('\n')).toContain(String.raw`"last_error":"abc\u0000def"`);
  expect(lines.join('\n')).toContain(String.raw`"odd_bytes":"\u0000base64,Yf9i"`);
  expect(seal).toContain(String.raw`session \"s\\u0000one\" has no name that one can have here`);
});

it('an experiment has its tags, in whatever place it stands', async () => {
  const shell = withLedger();
  const path = unkeyed();
  const places = ['9007199254740993', '9223372036854775807', '-9007199254740993'];
  edit(
    path,
    places
      .flatMap((place, at) => [
        another(place, `'far-${at}'`, `id = '${DONE}'`),
        tag(`'far-${at}'`, `'s-${at}'`),
      ])
      .join(';\n'),
  );
  await takeTwice(shell, path);
  const tagged = recorded(shell.journal(), 'experiment.tagged').map(({ session }) => session);
  expect(tagged).toEqual(expect.arrayContaining(['s-0', 's-1', 's-2']));
});

it('an experiment without an id is another one than that whose id is “null”', async () => {
  const shell = withLedger();
  const path = unkeyed();
  edit(
    path,
    [
      another('NULL', 'NULL', `id = '${DONE}'`),
      another('NULL', "'null'", `id = '${DONE}'`),
      tag("'null'", "'s-null'"),
      tag('NULL', "'s-none'"),
    ].join(';\n'),
  );
  const { report } = await take(shell, path);
  const lines = shell.journal();
  const started = recorded(lines, 'experiment.started').map(({ experiment }) => experiment);
  expect(started).toContain('null');
  const tagged = recorded(lines, 'experiment.tagged').map(({ session }) => session);
  expect([tagged.includes('s-null'), tagged.includes('s-none')]).toEqual([true, false]);
  expect(report.warnings).toBeUndefined();
  const all = recorded(lines, 'kaizen.experiment').filter(({ id }) => id === null);
  expect(all.map(({ tags }) => tags)).toEqual([[['s-none', 'Control']]]);
});

it('tags that say the same are kept as often as they stand there', async () => {
  const shell = withLedger();
  const path = unkeyed();
  edit(
    path,
    `${another('NULL', "'same'", `id = '${DONE}'`)};
     WITH RECURSIVE row (at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM row WHERE at < 15000)
     INSERT INTO experiment_tags SELECT 'same', 's-1', 'Control' FROM row`,
  );
  await takeTwice(shell, path);
  const lines = shell.journal();
  const kept = ['kaizen.experiment', 'kaizen.experiment_tags']
    .flatMap((type) => recorded(lines, type))
    .filter(({ id }) => id === 'same')
    .map(({ tags }) => (tags as readonly unknown[]).length);
  expect(kept).toEqual([5000, 5000, 5000]);
});
