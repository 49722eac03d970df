/**
 * Lines of JSON where they stream, by the package ndjson. To load it takes half as long as Node
 * takes to start, so that a command with one answer does without.
 */
import { once } from 'node:events';

/** lineWriter gives what makes a line of each object, in their order. */
export const lineWriter = async (): Promise<(objects: readonly object[]) => Promise<string>> => {
  const { stringify } = await import('ndjson');
  const stream = stringify();
  return async (objects) => {
    let text = '';
    for (const each of objects) {
      stream.write(each);
      let line = stream.read() as string | null;
      if (line === null) {
        await once(stream, 'readable');
        line = stream.read() as string | null;
      }
      // It ends a line as the system does; ours end alike everywhere.
      text += `${(line ?? '').trimEnd()}\n`;
    }
    return text;
  };
};
