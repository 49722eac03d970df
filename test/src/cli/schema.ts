/**
 * What commands print with --json, held against the schemas that are published for it. Each line is
 * read by the strict parser first: a repeated key is no JSON here.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, readdirSync } from 'node:fs';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { parse } from '../../../ledger/json/parse.ts';
import { wantsJson } from '../../../src/cli/run.ts';

export const FOLDER = new URL('../../../src/cli/schema/', import.meta.url);
const ENDING = '.schema.json';
const DEEP = 100;

/** The schemas by their names: that of a command, with dashes, or of what several share. */
export const SCHEMAS: ReadonlyMap<string, object> = new Map(
  readdirSync(FOLDER).map((file) => [
    file.slice(0, -ENDING.length),
    JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as object,
  ]),
);

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
for (const schema of SCHEMAS.values()) ajv.addSchema(schema);

const validatorOf = (name: string): ValidateFunction => {
  const validate = ajv.getSchema(name + ENDING);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  return validate;
};

/** faultsIn tells in which ways a value is not of a schema; none where it is. */
export const faultsIn = (name: string, value: unknown): readonly string[] => {
  const validate = validatorOf(name);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
};

/** schemaOf names the schema of a command's lines. */
export const schemaOf = (command: string): string => command.replaceAll(' ', '-');

const isError = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'error';

/** conform throws where a command printed with --json what its schema does not say. */
export const conform = (
  command: string,
  args: readonly string[],
  stdout: string,
  isJson = wantsJson(args),
): void => {
  // A script of completion asks for lines that no program reads.
  if (!isJson || stdout === '') return;
  if (!stdout.endsWith('\n')) throw new Error(`${args.join(' ')}: a line has no end`);
  const isHelp = args.includes('--help') || args.includes('-h');
  const lines = stdout.trimEnd().split('\n');
  for (const [at, line] of lines.entries()) {
    const read = parse(encodeUtf8(line), DEEP);
    if (E.isLeft(read)) throw new Error(`${args.join(' ')}: line ${at + 1} is no JSON: ${line}`);
    const isLast = at === lines.length - 1;
    const name = isError(read.right) && isLast ? 'error' : isHelp ? 'help' : schemaOf(command);
    const faults = faultsIn(name, read.right);
    if (faults.length > 0)
      throw new Error(`${args.join(' ')}: not of ${name}: ${faults.join('; ')}: ${line}`);
  }
};
