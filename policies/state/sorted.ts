/**
 * Values by key, sorted, in a state that never changes: another one shares all but a path with the
 * one before, so that each event costs the logarithm of their number and a transaction can go back.
 * A balanced tree (Adelson-Velsky and Landis); no choice of keys makes it deep.
 */

interface Node<A> {
  readonly left: Node<A> | undefined;
  readonly key: string;
  readonly value: A;
  readonly right: Node<A> | undefined;
  readonly height: number;
  readonly size: number;
}
type Tree<A> = Node<A> | undefined;

const heightOf = (tree: Tree<unknown>): number => tree?.height ?? 0;
const sizeOf = (tree: Tree<unknown>): number => tree?.size ?? 0;

const join = <A>(left: Tree<A>, key: string, value: A, right: Tree<A>): Node<A> => ({
  left,
  key,
  value,
  right,
  height: 1 + Math.max(heightOf(left), heightOf(right)),
  size: 1 + sizeOf(left) + sizeOf(right),
});

/** Joins what one step has left at most two levels apart. */
const balance = <A>(left: Tree<A>, key: string, value: A, right: Tree<A>): Node<A> => {
  const lean = heightOf(left) - heightOf(right);
  if (left !== undefined && lean > 1) {
    const { left: outer, right: inner } = left;
    if (inner === undefined || heightOf(outer) >= inner.height)
      return join(outer, left.key, left.value, join(inner, key, value, right));
    const near = join(outer, left.key, left.value, inner.left);
    return join(near, inner.key, inner.value, join(inner.right, key, value, right));
  }
  if (right !== undefined && lean < -1) {
    const { left: inner, right: outer } = right;
    if (inner === undefined || heightOf(outer) >= inner.height)
      return join(join(left, key, value, inner), right.key, right.value, outer);
    const far = join(inner.right, right.key, right.value, outer);
    return join(join(left, key, value, inner.left), inner.key, inner.value, far);
  }
  return join(left, key, value, right);
};

const insert = <A>(tree: Tree<A>, key: string, value: A): Node<A> => {
  if (tree === undefined) return join(undefined, key, value, undefined);
  const { left, right } = tree;
  if (key < tree.key) return balance(insert(left, key, value), tree.key, tree.value, right);
  if (key > tree.key) return balance(left, tree.key, tree.value, insert(right, key, value));
  return join(left, key, value, right);
};

const firstOf = <A>(tree: Node<A>): Node<A> =>
  tree.left === undefined ? tree : firstOf(tree.left);

const remove = <A>(tree: Tree<A>, key: string): Tree<A> => {
  if (tree === undefined) return undefined;
  const { left, right } = tree;
  if (key < tree.key) return balance(remove(left, key), tree.key, tree.value, right);
  if (key > tree.key) return balance(left, tree.key, tree.value, remove(right, key));
  if (right === undefined) return left;
  const next = firstOf(right);
  return balance(left, next.key, next.value, remove(right, next.key));
};

function* walk<A>(tree: Tree<A>): Generator<A> {
  if (tree === undefined) return;
  yield* walk(tree.left);
  yield tree.value;
  yield* walk(tree.right);
}

export class Sorted<A> {
  private readonly tree: Tree<A>;

  constructor(tree?: Tree<A>) {
    this.tree = tree;
  }

  get size(): number {
    return sizeOf(this.tree);
  }

  get(key: string): A | undefined {
    let at = this.tree;
    while (at !== undefined && at.key !== key) at = key < at.key ? at.left : at.right;
    return at?.value;
  }

  /** The same with a value under a key. */
  with(key: string, value: A): Sorted<A> {
    return new Sorted(insert(this.tree, key, value));
  }

  without(key: string): Sorted<A> {
    return new Sorted(remove(this.tree, key));
  }

  /** In the order of their keys. */
  values(): Generator<A> {
    return walk(this.tree);
  }

  first(count: number): readonly A[] {
    const found: A[] = [];
    for (const value of this.values()) {
      if (found.length >= count) break;
      found.push(value);
    }
    return found;
  }

  /** How many there are in front of the first of which it does not hold. */
  countWhile(holds: (value: A) => boolean): number {
    let count = 0;
    let at = this.tree;
    while (at !== undefined) {
      const isIn = holds(at.value);
      if (isIn) count += 1 + sizeOf(at.left);
      at = isIn ? at.right : at.left;
    }
    return count;
  }
}
