/**
 * Recording from other programs, through a pipe.
 */
import type { Recipe } from './recipe.ts';
import { file, type } from './recipe.ts';

export const recipe: Recipe = {
  summary: 'Record from Node, Python and Bash, through a pipe',
  parts: [
    `A draft per line goes in, a receipt per line comes out, in order; the exit code says how it
ended. Nothing is sent over a network. From Node:`,
    file(
      'record.mjs',
      "import { spawn } from 'node:child_process';",
      '',
      "const args = ['append', '-', '--sign', 'alice', '--json'];",
      "const ledger = spawn('ledger', args, { stdio: ['pipe', 'inherit', 'inherit'] });",
      "ledger.stdin.on('error', () => {}); // the exit code says why nobody reads on",
      "ledger.on('exit', (code) => (process.exitCode = code ?? 1));",
      'for (const room of [1, 2]) {',
      "  const draft = { event_type: 'room.cleaned', id: `room:${room}`, payload: { room } };",
      '  ledger.stdin.write(`${JSON.stringify(draft)}\\n`);',
      '}',
      'ledger.stdin.end();',
    ),
    type('node record.mjs'),
    'From Python:',
    file(
      'record.py',
      'import json, subprocess, sys',
      '',
      'drafts = [',
      '    {"event_type": "sensor.read", "id": f"sensor:{n}", "payload": {"celsius": n}}',
      '    for n in (20, 21)',
      ']',
      'ledger = subprocess.run(',
      '    ["ledger", "append", "-", "--sign", "alice", "--json"],',
      '    input="".join(json.dumps(draft) + "\\n" for draft in drafts),',
      '    stdout=subprocess.PIPE,',
      '    text=True,',
      ')',
      'for line in ledger.stdout.splitlines():',
      '    print(json.loads(line)["status"])',
      'sys.exit(ledger.returncode)',
    ),
    type('python3 record.py'),
    'From a log file, in Bash: the line itself becomes the payload, and its number the id.',
    type(
      `printf 'door opened\\ndoor closed\\n' > door.log`,
      `number=0`,
      'while read -r line; do',
      '  number=$((number + 1))',
      `  printf '{"event_type":"door.moved","id":"door:%s","payload":"%s"}\\n' "$number" "$line"`,
      'done < door.log | ledger append - --sign alice',
    ),
  ],
};
