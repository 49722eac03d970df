/**
 * What streams as lines of JSON is what `JSON.stringify` would write, and the package that writes
 * it reads what all commands print.
 */
import { parse } from 'ndjson';
import { describe, expect, it } from 'vitest';
import { lineWriter } from '../../../src/cli/json-stream.ts';
import { withLedger } from './shell.ts';

/** What the package makes of a text. */
const read = async (text: string): Promise<readonly unknown[]> => {
  const objects: unknown[] = [];
  const reader = parse();
  const ended = new Promise((done, failed) => reader.on('end', done).on('error', failed));
  reader.on('data', (each: unknown) => objects.push(each));
  reader.end(text);
  await ended;
  return objects;
};

describe('a stream of lines', () => {
  it('is written in order, to the byte, however many there are', async () => {
    const write = await lineWriter();
    const objects = Array.from({ length: 5000 }, (_, at) => ({
      status: 'appended',
      seq: at,
      line: undefined,
      id: `\u2028 "quoted" ${at}\n`,
      policy: { outcome: 'allow', list: [at, null, -0.5] },
    }));
    const text = objects.map((each) => `${JSON.stringify(each)}\n`).join('');
    expect(await write(objects.slice(0, 17))).toBe(text.split('\n').slice(0, 17).join('\n') + '\n');
    expect(await write([])).toBe('');
    expect(await write(objects)).toBe(text);
    expect(await read(text)).toEqual(JSON.parse(JSON.stringify(objects)));
    await expect(read(`${text}{"cut`)).rejects.toThrow('parse');
  });

  it('is what append prints of a file, with why it stopped as the last line', async () => {
    const shell = withLedger();
    const lines = Array.from(
      { length: 40 },
      (_, at) => `{"event_type":"a.b","id":"e-${at}","payload":${at}}\n`,
    );
    shell.write('drafts', [...lines, '{"event_type":"a.b"}\n'].join(''));
    const { status, stdout } = await shell.inside(['append', shell.path('drafts'), '--json']);
    const told = (await read(stdout)) as readonly {
      readonly seq?: number;
      readonly error?: object;
    }[];
    expect([status, told.length]).toEqual([2, 42]);
    expect(told.slice(0, 40).map(({ seq }) => seq)).toEqual(lines.map((_, at) => at + 1));
    expect(Object.keys(told.at(-1) ?? {})).toEqual(['error']);
    for (const line of ['log', 'key list', 'doctor', 'verify', 'policy list'])
      expect((await read((await shell.inside(`${line} --json`)).stdout)).length).toBeGreaterThan(0);
  });
});
