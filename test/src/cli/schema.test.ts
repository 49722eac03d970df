/**
 * The JSON that commands print is what the published schemas say: no member is missing, none is
 * there that is not described. Every other test that runs a command holds its lines to them, too.
 */
import { describe, expect, it } from 'vitest';
import { PURPOSES, TIERS } from '../../../ledger/chain/keyring.ts';
import { SOURCE_KINDS } from '../../../ledger/event/header.ts';
import { REASON_CODES } from '../../../policies/state/authorization.ts';
import { nameOf } from '../../../src/cli/command.ts';
import { SHELLS } from '../../../src/cli/completion/script.ts';
import { STATES } from '../../../src/delivery/list.ts';
import { WARNINGS } from '../../../src/experiment/report.ts';
import { AGGREGATES } from '../../../src/experiment/metric.ts';
import { VARIANTS } from '../../../src/experiment/binding-shape.ts';
import { VERDICTS } from '../../../src/experiment/event.ts';
import { PRESETS } from '../../../src/outbox/preset/preset.ts';
import { allExits } from '../../../src/cli/exit-table.ts';
import { VERDICT_EXITS } from '../../../src/cli/exit-code.ts';
import { ROSTER } from '../../../src/cli/roster.ts';
import { SCHEMAS, conform, faultsIn, schemaOf } from './schema.ts';
import { tellOfAll } from './schema-story.ts';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object of a schema that is a schema itself, or holds some. */
const nodesIn = (value: unknown): readonly Node[] => {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesIn)] : [];
};

const SHARED = ['error', 'event', 'import', 'member', 'receipt', 'version'];

/** Ways in which a line is not what its schema says. */
const mutated = (line: object): readonly object[] => [
  { ...line, unheard_of: 1 },
  ...Object.keys(line).flatMap((name) => [{ ...line, [name]: { unheard_of: 1 } }]),
  [line],
];

/** Members that may hold anything: what authors say. */
const FREE = new Set(['payload', 'claim', 'documents', 'plan']);

describe('the schemas of --json', () => {
  it('are there for every command of the roster, and for nothing else', () => {
    const names = ROSTER.map((entry) => schemaOf(nameOf(entry)));
    expect([...SCHEMAS.keys()].toSorted()).toEqual([...names, ...SHARED].toSorted());
  });

  it('describe every member, and permit no other', () => {
    for (const [name, schema] of SCHEMAS) {
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `${name}.schema.json`,
        title: expect.stringMatching(/^[A-Z].{5,}[^.]$/) as string,
      });
      for (const node of nodesIn(schema)) {
        if (!isNode(node['properties']) || !Object.hasOwn(node, 'type')) continue;
        expect([name, node['additionalProperties']]).toEqual([name, false]);
        for (const [member, about] of Object.entries(node['properties'])) {
          const said = isNode(about) && ('description' in about || '$ref' in about);
          expect([name, member, said]).toEqual([name, member, true]);
        }
      }
    }
  });

  it('know the words that the code knows', () => {
    const words = [...SCHEMAS.values()]
      .flatMap(nodesIn)
      .map((node) => JSON.stringify(node['enum']));
    const { warning: _, ...verdicts } = VERDICT_EXITS;
    for (const known of [
      allExits().filter((exit) => exit !== 0),
      [...new Set(Object.values(verdicts))],
      Object.keys(verdicts),
      TIERS,
      PURPOSES,
      SOURCE_KINDS,
      REASON_CODES,
      SHELLS,
      PRESETS.map(({ name }) => name),
      STATES,
      VERDICTS,
      VARIANTS,
      AGGREGATES,
      Object.keys(WARNINGS),
    ])
      expect(words).toContain(JSON.stringify(known));
  });

  it('fit what every command prints, and nothing that differs from it', async () => {
    const { told, refused } = await tellOfAll();
    // The demo is run, and held to its schema, by a test of its own.
    const names = ROSTER.map(nameOf).filter((name) => name !== 'demo');
    expect(names.filter((name) => (told.get(name)?.length ?? 0) === 0)).toEqual([]);
    expect(names.filter((name) => !refused.has(name))).toEqual([]);
    for (const [command, lines] of told)
      for (const line of lines) {
        const schema = schemaOf(command);
        expect([command, faultsIn(schema, line)]).toEqual([command, []]);
        for (const other of mutated(line)) {
          const isFree = Object.keys(other).some(
            (name) => FREE.has(name) && JSON.stringify(other).includes(`"${name}":{"unheard_of"`),
          );
          const isRefused = faultsIn(schema, other).length > 0;
          expect([command, JSON.stringify(other), isRefused || isFree]).toEqual([
            command,
            JSON.stringify(other),
            true,
          ]);
        }
      }
  });

  it('are held against lines that a strict reader reads', () => {
    const list = ['key', 'list', '--json'];
    const line = '{"help":"x"}';
    expect(() => conform('help', list, `${line}\n`)).not.toThrow();
    for (const text of [line, `{"help":"x","help":"x"}\n`, '{"help":1}\n', '\n', `${line}\n{}\n`])
      expect(() => conform('help', list, text)).toThrow(/help|end|JSON/);
    const error = '{"error":{"code":"usage","message":"m","next":"N.","exit":2}}\n';
    expect(() => conform('key list', list, error)).not.toThrow();
    expect(() => conform('key list', list, error.replace('2}', '4}'))).toThrow('/error/exit');
    expect(() => conform('key list', list, error + error)).toThrow('not of key-list');
  });
});
