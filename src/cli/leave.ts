/**
 * What a command still has to bring to an end when a signal ends it. Whoever cannot wait for that
 * sends the signal again.
 */
let leaving: (() => Promise<unknown>) | undefined;

/** onLeave says what is done before the process exits. */
export const onLeave = (done: () => Promise<unknown>): void => {
  leaving = done;
};

/** leave does it, once. */
export const leave = async (): Promise<void> => {
  const done = leaving;
  leaving = undefined;
  await done?.();
};
