/**
 * The columns of a table are those that are documented, in that order, with those kinds; and so are
 * the views of a database.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { columnsOf } from '../../../src/export/column.ts';
import { csvRow } from '../../../src/export/csv.ts';
import { parsePointer } from '../../../src/export/pointer.ts';
import { VIEWS } from '../../../src/export/sqlite-schema.ts';
import { one } from './drawn.ts';

const README = readFileSync(new URL('../../../src/export/README.md', import.meta.url), 'utf8');

it('documents the columns of a table, and the views of a database', () => {
  const rows = [...README.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)];
  expect(rows.map(([, name, kind]) => ({ name, kind }))).toEqual(
    columnsOf().map(({ name, kind }) => ({ name, kind })),
  );
  const views = [...VIEWS.matchAll(/^CREATE VIEW (\w+)/gm)].map(([, name]) => name);
  expect(views.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
});

it.each(['a\rb', 'a\nb', 'a,b'])('quotes %j, which could end a cell', (v) => {
  const pointers = [parsePointer('/v')].filter((each) => each !== undefined);
  expect(csvRow(one('invoice.paid', { v }), { pointers })).toContain(`,"${v}"\r\n`);
});
