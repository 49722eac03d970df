/**
 * `ledger help recipes`: what there are recipes for, and the lines to begin with.
 */
import * as disaster from './recipe/disaster.ts';
import * as evidence from './recipe/evidence.ts';
import * as handOut from './recipe/hand-out.ts';
import * as keys from './recipe/keys.ts';
import * as nightly from './recipe/nightly.ts';
import * as pipeline from './recipe/pipeline.ts';
import type { Recipe } from './recipe/recipe.ts';
import { recipeText } from './recipe/recipe.ts';
import * as signing from './recipe/signing.ts';
import * as verdicts from './recipe/verdicts.ts';

/** RECIPES are all of them, by the names by which help knows them. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  signing: signing.recipe,
  pipeline: pipeline.recipe,
  nightly: nightly.recipe,
  disaster: disaster.recipe,
  evidence: evidence.recipe,
  'hand-out': handOut.recipe,
  keys: keys.recipe,
  verdicts: verdicts.recipe,
};

const listed = Object.entries(RECIPES)
  .map(([name, { summary }]) => `  ledger help recipes ${name.padEnd(10)}  ${summary}\n`)
  .join('');

export const text = `Recipes

Each is a whole: what is typed, the files that belong to it, and what comes of it. All of them are
run before a release, in a ledger of example.com/acme that alice made.

${listed}`;

/** textOf gives one of them, undefined where there is none of that name. */
export const textOf = (name: string): string | undefined => {
  const recipe = Object.hasOwn(RECIPES, name) ? RECIPES[name] : undefined;
  return recipe && recipeText(recipe);
};
