/**
 * A receiver for benchmarks, in a process of its own: it says that it got what came, and reads it
 * where it is told to, as one does that has a use for it: each line, once for each id.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

interface Line {
  readonly header: { readonly id: string };
}

const isReading = process.argv[2] === 'reads';
const ids = new Set<string>();

const read = (lines: string): void => {
  for (const line of lines.split('\n'))
    if (line !== '') ids.add((JSON.parse(line) as Line).header.id);
};

const server = createServer((request, response) => {
  const came = isReading
    ? buffer(request).then((body) => read(body.toString()))
    : new Promise((done) => void request.resume().on('end', done));
  void came.then(() => response.end('{}'));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
