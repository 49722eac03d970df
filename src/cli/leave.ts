/**
 * What a command still has to bring to an end when it is ended: by a signal, or since what it
 * prints goes nowhere. Whoever cannot wait for that sends a signal, or another one.
 */
type Why = 'signal' | 'stdout';
type Leaving = (why: Why) => Promise<unknown> | undefined;

let leaving: Leaving | undefined;

/** onLeave says what is done before the process exits. */
export const onLeave = (done: Leaving): void => {
  leaving = done;
};

/** leave does it, once; gives what there is to say of how to go on. */
export const leave = async (why: Why): Promise<string | undefined> => {
  const done = leaving;
  leaving = undefined;
  const said = await done?.(why);
  return typeof said === 'string' ? said : undefined;
};
