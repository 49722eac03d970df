/**
 * Texts of a source that no event may bear as they are, or that are longer than one can be: what
 * they name is taken, and what is told of it has room in the event that seals the import.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { readMap } from '../../src/import/ndjson/map.ts';
import { surveyNdjson } from '../../src/import/ndjson/survey.ts';
import { right } from '../build/ledger.ts';
import type { Shell } from '../src/cli/shell.ts';
import { linesOf, withLedger } from '../src/cli/shell.ts';
import { LINES } from './cortex-changed.ts';
import { WORLD, copyOf, planCortex, putFile } from './fixture.ts';
import { edit, take, takeTwice } from './kaizen-told.ts';

/** What was recorded of a type. */
const recorded = (shell: Shell, type: string) =>
  shell
    .journal()
    .map((line) => JSON.parse(line) as { readonly header: Header; readonly payload: Payload })
    .filter(({ header }) => header.event_type === type);
interface Header {
  readonly event_type: string;
  readonly source: { readonly instance?: string };
}
type Payload = Readonly<Record<string, unknown>>;

const LONG = `printf('%.*c', 1 << 20, 'x')`;

describe('what is named in a folder of kaizen', () => {
  const ODD = [
    'a\nb',
    'a\u2028b',
    'a\0b',
    '\u009b',
    ...[170, 171].map((length) => 'x'.repeat(length) + '😀'.repeat(50)),
  ];

  it('is taken whatever stands in its name, and where it was taken from is told', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const texts = ODD.map((text) => `CAST(x'${Buffer.from(text).toString('hex')}' AS TEXT)`);
    edit(
      path,
      texts
        .map(
          (text) => `INSERT INTO experiments (id, name, created_at_ms) VALUES (${text}, 'n', 1);
            INSERT INTO experiment_tags VALUES ('nobody' || ${text}, ${text}, 'Control')`,
        )
        .join(';\n'),
    );
    edit(path, "INSERT INTO sync_state VALUES ('__proto__', 'odd')");
    await takeTwice(shell, path);
    const tags = recorded(shell, 'kaizen.experiment_tag');
    expect(tags.map(({ payload }) => payload['session_id'])).toEqual(expect.arrayContaining(ODD));
    const ids = recorded(shell, 'kaizen.experiment').map(({ payload }) => payload['id']);
    expect(ids).toEqual(expect.arrayContaining(ODD));
    const [state] = recorded(shell, 'kaizen.sync_state');
    expect(state?.payload['pairs']).toContainEqual(['__proto__', 'odd']);
    const instances = tags.map(({ header }) => header.source.instance?.replace(/^.* tag /, ''));
    expect(instances).toEqual(expect.arrayContaining(['a?b', '?']));
  });

  it('is cut between two characters', async () => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    const name = `${'x'.repeat(127)}😀`;
    edit(path, `UPDATE experiments SET metadata = json_set(metadata, '$.name', '${name}')`);
    await takeTwice(shell, path);
    const [made] = recorded(shell, 'experiment.created');
    expect(made?.payload['plan']).toMatchObject({ name: `${'x'.repeat(127)}\ufffd` });
  });

  it.each([
    ['an experiment', `INSERT INTO experiments (id, name, created_at_ms) VALUES (${LONG}, 'n', 1)`],
    ['a tag', `INSERT INTO experiment_tags VALUES ('nobody', ${LONG}, 'Control')`],
    [
      'a marker',
      `INSERT OR REPLACE INTO sync_state VALUES ('outbox_redb_migration_v1_digest', ${LONG})`,
    ],
  ])('can be longer than an event, where that is accepted: %s', async (_, sql) => {
    const shell = withLedger();
    const path = copyOf('kaizen', 'sqlite');
    edit(path, sql);
    const told = await take(shell, path, '--accept', 'line_too_long');
    expect(told).toMatchObject({ status: 'imported', report: { not_taken: 1 } });
  });
});

/** The plan of a log that was altered. */
const altered = (from: string, alter: (text: string) => string) => {
  const path = copyOf('cortex', from, 'events.jsonl');
  const text = readFileSync(path, 'utf8');
  expect(alter(text)).not.toBe(text);
  writeFileSync(path, alter(text));
  return planCortex(path);
};

describe('what stands in a log of cortex', () => {
  const HEAD = /(?<="previous_v1_head_hash":)"[0-9a-f]+"/;

  it('can be an object where a text is to be', () => {
    const object = '{"toString":1,"valueOf":1}';
    const moved = altered('v2-migrated', (text) => text.replace(HEAD, object));
    expect(moved.defects.counts.get('boundary_mismatch')).toBe(1);
    const note = `{"envelope":{"signed_at":${object}},"kind":"identity.rotate"}`;
    const turned = altered('v2-signed-cli', (text) =>
      text.replace(
        /"event_type":"[^"]*"(.*?)"payload":.*?,"payload_hash"/,
        `"event_type":"cortex.event.system_note.v1"$1"payload":${note},"payload_hash"`,
      ),
    );
    expect(turned.defects.counts.get('rotation_invalid')).toBe(1);
  });

  it('is as long as an event can be, and taken, or longer, and told', () => {
    const told = new Set<string>();
    for (let more = 0; more < 200; more += 10) {
      const trace = `"trace_id":"${'x'.repeat(1_014_900 + more)}"`;
      const plan = altered('v1-unsigned', (text) => text.replace(/"trace_id":"[^"]*"/, trace));
      const lost = plan.defects.counts.get('line_too_long') ?? 0;
      expect([more, [...plan.drafts()].length + lost]).toEqual([more, plan.total + lost]);
      told.add(`${lost} ${plan.total}`);
    }
    expect([...told]).toEqual(['0 20', '1 19']);
  });

  it('is told in short where it names another head', () => {
    const long = `"${'x'.repeat(900_000)}"`;
    const { report } = altered('v2-migrated', (text) => text.replace(HEAD, long));
    expect(JSON.stringify(report['boundary']).length).toBeLessThan(1000);
  });
});

describe('a file beside a log', () => {
  it('that would be too long as a text is kept as bytes', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v1-unsigned');
    for (const name of ['cortex.db', 'anchor.txt']) rmSync(`${path}/${name}`);
    const bytes = Buffer.alloc(400_000);
    writeFileSync(`${path}/anchors.history`, bytes);
    const line = ['import', 'cortex', path, '--accept', 'anchor_malformed', '--json'];
    const ran = await shell.inside(line);
    expect([ran.status, linesOf(ran.stdout)[0]?.status]).toEqual([0, 'imported']);
    const kept = recorded(shell, 'cortex.file').map(({ payload }) => payload['base64']);
    expect(kept).toContain(bytes.toString('base64'));
  });
});

describe('a line that is too long as a text, since it must be escaped', () => {
  const controls = '\u0001'.repeat(400_000);
  const inBase64 = Buffer.from(controls).toString('base64');

  it('is kept as bytes, in a log of cortex and beside it', () => {
    const path = copyOf('cortex', 'v1-unsigned');
    rmSync(`${path}/cortex.db`);
    const row =
      LINES[4]?.replace('"payload":{', `"payload":{"a":-0.0,"b":"${'\\"'.repeat(260_000)}",`) ?? '';
    writeFileSync(`${path}/events.jsonl`, [...LINES, row, controls, ''].join('\n'));
    writeFileSync(`${path}/audit_records.jsonl`, `${controls}\n`);
    const plan = planCortex(path);
    expect(plan.defects.counts.has('line_too_long')).toBe(false);
    const all = [...plan.drafts()].map(({ draft }) => draft);
    expect(all.length).toBe(plan.total);
    const kept = all.flatMap(({ event_type: type, payload }) => {
      const { base64 } = payload as Payload;
      return base64 === undefined ? [] : [[type, base64]];
    });
    expect(kept).toEqual([
      ['cortex.event.code_diff.v1', Buffer.from(row).toString('base64')],
      ['cortex.unread', inBase64],
      ['cortex.audit_record', inBase64],
    ]);
  });

  it('is kept as bytes where a mapping does not fit it, or has no room for what it makes', () => {
    const number = `{"n":1e400,"a":"${'\\"'.repeat(260_000)}"}`;
    const twice = `{"two":"${'x'.repeat(600_000)}"}`;
    const rows = putFile('rows.ndjson', `${controls}\n${number}\n${twice}\n`);
    const text = `type: { text: o.x }
payload: { cel: 'has(row.two) ? [row, row] : row' }\n`;
    const plan = right(surveyNdjson(WORLD, rows, right(readMap('m', encodeUtf8(text)))));
    expect(plan.defects.counts).toEqual(new Map([['row_unmapped', 3]]));
    expect(plan.report).not.toHaveProperty('not_taken');
    expect([...plan.drafts()].map(({ draft }) => draft['payload'])).toEqual([
      { base64: inBase64 },
      { base64: Buffer.from(number).toString('base64') },
      { text: twice },
    ]);
  });
});
