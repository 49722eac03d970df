/**
 * References that lead back to where they stand without a step into the value: no check of them
 * would end. `{"$ref":"#"}` is the shortest; through `items` or `properties` a schema may well
 * contain itself, since each turn is one level deeper in a value that ends.
 */

/** A way from a subschema to another one that is asked about the same value. */
export interface Edge {
  readonly to: string;
  /** Where the `$ref` stands; undefined where the other one is written inside the first. */
  readonly reference?: string;
}

/** endlessReferences finds one `$ref` on every cycle, by its pointer. */
export const endlessReferences = (
  edges: ReadonlyMap<string, readonly Edge[]>,
): readonly string[] => {
  const found = new Set<string>();
  const done = new Set<string>();
  const open: Edge[] = [];

  const visit = (edge: Edge): void => {
    const isBack = open.some(({ to }) => to === edge.to);
    open.push(edge);
    if (isBack) {
      // What is written inside another never leads back: somewhere on the way a reference does.
      const last = open.findLast(({ reference }) => reference !== undefined);
      found.add(last?.reference ?? edge.to);
    } else if (!done.has(edge.to)) {
      edges.get(edge.to)?.forEach(visit);
      done.add(edge.to);
    }
    open.pop();
  };

  for (const to of edges.keys()) visit({ to });
  return [...found];
};
