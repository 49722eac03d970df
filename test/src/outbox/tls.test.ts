/**
 * Delivery over TLS, with certificates made for the test (Debian: apt-get install openssl): whom
 * nobody vouches for is sent nothing, and an authority of one's own is named to Node.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { events, ground, setUp, write } from '../../outbox/ground.ts';

const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));

/** A certificate that vouches for itself, of a name or an address. */
const certify = (folder: string, name: string, subject: string) => {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(' ');
  const extension = ['-subj', '/CN=test', '-addext', `subjectAltName=${subject}`];
  execFileSync('openssl', [...args, ...extension, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  return { path: cert, key: readFileSync(key), cert: readFileSync(cert) };
};

const serve = async (certificate: ReturnType<typeof certify>) => {
  const bodies: string[] = [];
  const server = createServer(certificate, (request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => (body += text.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { bodies, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

it('an event is sent to whom an authority vouches for, and to nobody else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const g = await ground();
  await write(g.ledger, events(2));
  const flush = async (env: NodeJS.ProcessEnv) => {
    const args = [BIN, '-C', g.folder, 'outbox', 'flush', '--json', '--max-wait', '0ms'];
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  };
  const [right, wrong] = [
    certify(folder, 'right', 'IP:127.0.0.1'),
    certify(folder, 'wrong', 'DNS:a'),
  ];
  const [good, other] = [await serve(right), await serve(wrong)];
  await setUp(g, { url: other.url });
  expect(await flush({})).toBe(75);
  // Somebody vouches for it, but as another one.
  expect(await flush({ NODE_EXTRA_CA_CERTS: wrong.path })).toBe(75);
  await setUp(g, { url: good.url });
  expect(await flush({})).toBe(75);
  expect([...other.bodies, ...good.bodies]).toEqual([]);
  expect(await flush({ NODE_EXTRA_CA_CERTS: right.path })).toBe(0);
  expect(good.bodies.length).toBe(1);
});
