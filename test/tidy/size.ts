/**
 * How long a script and its lines may be: 200 lines in the kernel and the policies, 300 elsewhere,
 * 100 columns everywhere.
 */
import type { Rule } from './project.ts';
import { isScript, roomOf } from './project.ts';

const columns = 100;

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');

const longest = (room: string): number => (room === 'ledger' || room === 'policies' ? 200 : 300);

export const fileLength: Rule = (files) =>
  files.filter(isScript).flatMap(({ path, text }) => {
    const line = linesOf(text).length;
    const most = longest(roomOf(path));
    return line <= most
      ? []
      : [{ path, line, message: `${line} lines, where ${most} are the most` }];
  });

export const lineLength: Rule = (files) =>
  files.filter(isScript).flatMap(({ path, text }) =>
    linesOf(text).flatMap((content, index) => {
      const width = content.length;
      const message = `${width} columns, where ${columns} are the most`;
      return width <= columns ? [] : [{ path, line: index + 1, message }];
    }),
  );
