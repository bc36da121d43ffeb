/** What can be undone and done again: a stack of plain values. */
export interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** What the last step was, so that small steps of one kind are undone together. */
  readonly step: string | null;
}

export const begun = <T>(now: T): History<T> => ({ past: [], now, future: [], step: null });

/** One step on; it replaces the last one when both have the same name. */
export function did<T>(history: History<T>, next: T, step: string | null = null): History<T> {
  const again = step !== null && step === history.step;
  return { past: again ? history.past : [...history.past, history.now], now: next, future: [], step };
}

export function undone<T>({ past, now, future }: History<T>): History<T> | null {
  return past.length ? { past: past.slice(0, -1), now: past.at(-1)!, future: [now, ...future], step: null } : null;
}

export function redone<T>({ past, now, future }: History<T>): History<T> | null {
  return future.length ? { past: [...past, now], now: future[0]!, future: future.slice(1), step: null } : null;
}
