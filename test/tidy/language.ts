/**
 * The part of TypeScript that is not used here: `any`, silenced checks, default exports, enums,
 * namespaces, bindings that change under their importers, and files that only pass on others.
 */
import type { Rule } from './project.ts';
import { isScript, offenceAt, offencesIn } from './project.ts';
import { BARE, scan } from './scan.ts';

/** Wherever it stands: a type may stand in too many places to be told from another name. */
const anyName = new RegExp(String.raw`${BARE}any\b(?!\$)`, 'g');
const silencer =
  /@ts-(?:ignore|expect-error|nocheck)|\b(?:eslint|oxlint)-disable|\b(?:biome|prettier)-ignore/g;
const defaultExport = /(?<![.\w$])export\s+default\b|(?<![.\w$])export\s*\{[^}]*\bas\s+default\b/g;
const container = /(?<=^|[;{}]\s*)(?:export\s+|declare\s+|const\s+)*(?:enum|namespace)\s+\w/gm;

export const noAny: Rule = (files) =>
  files
    .filter(isScript)
    .flatMap((file) =>
      offencesIn(file, scan(file.text).code, anyName, () => 'the type any; say what it is'),
    );

export const noSilencedCheck: Rule = (files) =>
  files
    .filter(isScript)
    .flatMap((file) =>
      offencesIn(
        file,
        scan(file.text).comments,
        silencer,
        (found) => `${found} silences a check; mend what it found`,
      ),
    );

/** A configuration file exports by default because its tool asks for that. */
export const noDefaultExport: Rule = (files) =>
  files
    .filter((file) => isScript(file) && !/\.config\.\w+$/.test(file.path))
    .flatMap((file) =>
      offencesIn(file, scan(file.text).code, defaultExport, () => 'a default export; name it'),
    );

export const noContainer: Rule = (files) =>
  files
    .filter(isScript)
    .flatMap((file) =>
      offencesIn(
        file,
        scan(file.text).code,
        container,
        (found) => `${found}…: neither enum nor namespace; use a union, or a module`,
      ),
    );

const mutableExport = /(?<![.\w$])export\s+(?:declare\s+)?(?:let|var)\b/g;

/** Also finds a `let` of the top level that a later `export { … }` names. */
export const noMutableExport: Rule = (files) =>
  files.filter(isScript).flatMap((file) => {
    const { code } = scan(file.text);
    const exported = [...code.matchAll(/(?<![.\w$])export\s*\{([^}]*)\}(?!\s*from)/g)]
      .flatMap((match) => (match[1] ?? '').split(','))
      .map((name) => name.trim().split(/\s/)[0]);
    const later = [...code.matchAll(/^(?:let|var)\s+(\w+)/gm)].filter((match) =>
      exported.includes(match[1]),
    );
    return [
      ...offencesIn(file, code, mutableExport, (found) => `${found}: an export that can change`),
      ...later.map((match) => offenceAt(file, match.index, `${match[0]}: an export that changes`)),
    ];
  });

const exportAll = /(?<![.\w$])export\s+(?:type\s+)?\*/g;
const importStatement = /(?<![.\w$])import\b[^'"`;()=]*(?:\bfrom\s*)?['"][^'"]*['"]\s*;?/g;
const exportList = /(?<![.\w$])export\s+(?:type\s+)?\{[^}]*\}(?:\s*from\s*['"][^'"]*['"])?\s*;?/g;

export const noBarrel: Rule = (files) =>
  files.filter(isScript).flatMap((file) => {
    const { code } = scan(file.text);
    const stars = offencesIn(file, code, exportAll, () => 'export *; name what is exported');
    const lists = code.search(exportList);
    const own = code.replaceAll(exportList, '').replaceAll(importStatement, '').trim();
    const onlyPassesOn = lists >= 0 && own === '';
    return onlyPassesOn ? [...stars, offenceAt(file, lists, 'a file that only re-exports')] : stars;
  });
