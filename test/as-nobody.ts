/**
 * Running as a user to whom modes say something: root may read and write whatever they say.
 */

/** asNobody runs it as nobody where it would run as root. */
export const asNobody = async <T>(run: () => Promise<T>): Promise<T> => {
  if (process.getuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
};
