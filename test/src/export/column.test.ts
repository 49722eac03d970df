/**
 * The columns of a table are those that are documented, in that order, with those kinds; and so are
 * the views of a database.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { columnsOf } from '../../../src/export/column.ts';
import { VIEWS } from '../../../src/export/sqlite-schema.ts';

const README = readFileSync(new URL('../../../src/export/README.md', import.meta.url), 'utf8');

it('documents the columns of a table, and the views of a database', () => {
  const rows = [...README.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)];
  expect(rows.map(([, name, kind]) => ({ name, kind }))).toEqual(
    columnsOf().map(({ name, kind }) => ({ name, kind })),
  );
  const views = [...VIEWS.matchAll(/^CREATE VIEW (\w+)/gm)].map(([, name]) => name);
  expect(views.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
});
