/**
 * What is written for readers: every script states its purpose, nothing is left for later, links
 * and commands exist, and no text knows the machine it was written on.
 */
import { posix } from 'node:path';
import type { Offence, Rule, SourceFile } from './project.ts';
import { isProse, isScript, offenceAt, offencesIn } from './project.ts';
import { scan } from './scan.ts';

const purposeOf = (text: string): string =>
  (/^(?:#![^\n]*\n\s*)?\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '')
    .replaceAll(/^\s*\*/gm, '')
    .replaceAll(/@\w+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

export const statedPurpose: Rule = (files) =>
  files
    .filter((file) => isScript(file) && purposeOf(file.text).length < 20)
    .map((file) => offenceAt(file, 0, 'does not open with a comment that states its purpose'));

const later = /\b(?:TODO|FIXME|XXX)\b/g;

/** In scripts, literals are left out: a test may well feed such a word to something. */
export const nothingForLater: Rule = (files) =>
  files
    .filter((file) => isScript(file) || isProse(file))
    .flatMap((file) => {
      const { code, comments } = scan(file.text);
      return (isProse(file) ? [file.text] : [code, comments]).flatMap((view) =>
        offencesIn(file, view, later, (found) => `${found}: do it, or leave it out`),
      );
    });

const command = /\bnpm\s+(?:run(?:-script)?\s+(?:-\S+\s+)*(\w[\w:-]*)|(test|start)\b)/g;

const scriptsOf = (files: readonly SourceFile[]): readonly string[] => {
  const text = files.find(({ path }) => path === 'package.json')?.text ?? '{}';
  const manifest = JSON.parse(text) as { readonly scripts?: Readonly<Record<string, string>> };
  return Object.keys(manifest.scripts ?? {});
};

export const commandsExist: Rule = (files) => {
  const scripts = scriptsOf(files);
  return files.filter(isProse).flatMap((file) =>
    [...file.text.matchAll(command)].flatMap((match): readonly Offence[] => {
      const name = match[1] ?? match[2] ?? '';
      const message = `${match[0]}: package.json has no script ${name}`;
      return scripts.includes(name) ? [] : [offenceAt(file, match.index, message)];
    }),
  );
};

const machinePath = /(?<![\w.~})-])\/(?:home|root|work|tmp)\//g;

export const noMachinePath: Rule = (files) =>
  files.flatMap((file) =>
    offencesIn(file, file.text, machinePath, (found) => `${found}… is a path of one machine`),
  );

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');
const verbatim = /^(`{3,}|~{3,})[\s\S]*?^\1|`[^`\n]+`/gm;
const link = /\]\(\s*<?([^)\s>]+)[^)]*\)|^\[[^\]^]+\]:\s*(\S+)/gm;

export const linksHold: Rule = (files) => {
  const paths = files.map(({ path }) => path);
  const exists = (target: string): boolean =>
    target === '.' || paths.some((path) => path === target || path.startsWith(`${target}/`));
  return files.filter(isProse).flatMap((file) =>
    [...file.text.replaceAll(verbatim, blank).matchAll(link)].flatMap((match) => {
      const address = match[1] ?? match[2] ?? '';
      if (/^(?:[a-z][a-z0-9+.-]*:|#)/i.test(address)) return [];
      const plain = decodeURI(address.replace(/[#?].*$/, '')).replace(/\/$/, '');
      const target = posix.join(posix.dirname(file.path), plain);
      const message = `links to ${address}, which does not exist`;
      return exists(target) ? [] : [offenceAt(file, match.index, message)];
    }),
  );
};
