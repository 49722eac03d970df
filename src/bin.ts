#!/usr/bin/env node
/**
 * The `ledger` command. So far it checks proofs; it looks at the runtime's version before it loads
 * anything that needs a newer one.
 */
import { parseArgs } from 'node:util';
import type { Outcome } from './cli/check-proof.ts';

const HELP = `ledger check-proof FILE --vkey VKEY [--json]

Checks an inclusion proof or a consistency proof (- reads it from stdin) against the log's
verifier key. It needs no ledger and no network.

  --vkey VKEY   the log's key, as the ledger's keeper published it
  --json        one line of JSON on stdout

Exit 0: proved. 20: the file proves nothing. 2: usage, or not a proof. 3: no such file.

Example:
  ledger check-proof 7.tlog-proof --vkey example.com/acme+eda4bc15+AbqWoTU3…
`;

const NEEDED = [22, 14] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isTooOld = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);

const usage = (message: string): Outcome => ({
  exit: 2,
  error: { code: 'usage', message, next: 'See ledger --help.' },
});

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      vkey: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });

const run = async (args: ReturnType<typeof parse>): Promise<Outcome> => {
  const [command, file, ...rest] = args.positionals;
  const { vkey } = args.values;
  if (command !== 'check-proof')
    return usage(command === undefined ? 'no command was given' : `no such command: ${command}`);
  if (file === undefined || rest.length > 0) return usage('check-proof takes one FILE');
  if (vkey === undefined) return usage('check-proof takes --vkey VKEY');
  const { checkProof } = await import('./cli/check-proof.ts');
  return checkProof(file, vkey);
};

const print = ({ proved, error, exit }: Outcome, isJson: boolean): void => {
  if (error !== undefined) {
    if (isJson) console.log(JSON.stringify({ error: { ...error, exit } }));
    else console.error(`${error.message}\n${error.next}`);
  } else if (isJson) console.log(JSON.stringify(proved));
  else for (const [name, value] of Object.entries(proved ?? {})) console.log(`${name}: ${value}`);
  process.exitCode = exit;
};

const main = async (): Promise<void> => {
  if (isTooOld) {
    const message = `ledger needs Node ${NEEDED.join('.')} or newer; this is ${process.version}`;
    return print(
      { exit: 1, error: { code: 'runtime', message, next: 'Install a newer Node.' } },
      false,
    );
  }
  let args: ReturnType<typeof parse>;
  try {
    args = parse();
  } catch (thrown) {
    return print(usage(thrown instanceof Error ? thrown.message : String(thrown)), false);
  }
  if (args.values.help) console.log(HELP.trimEnd());
  else print(await run(args), args.values.json);
};

await main();
