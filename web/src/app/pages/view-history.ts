/** What a view was before, for undo and redo. Pure; `State` is the whole view as text. */

export interface Past<State> {
  before: readonly State[];
  after: readonly State[];
  /** When the last change was made, in milliseconds. */
  at: number;
}

interface Step<State> {
  past: Past<State>;
  state: State;
}

const MAX_STEPS = 100;
/** Changes that follow each other faster are one: a slider on its way. */
const ONE_CHANGE_MS = 600;

/** @param state What is about to be left. */
export function remember<State>(past: Past<State>, state: State, now: number): Past<State> {
  const isSame = now - past.at < ONE_CHANGE_MS && past.before.length > 0;
  const before = isSame ? past.before : [...past.before, state].slice(-MAX_STEPS);
  return { before, after: [], at: now };
}

/** @param state What is shown now. @returns null where there is nothing to go back to. */
export function undo<State>(past: Past<State>, state: State): Step<State> | null {
  const last = past.before.at(-1);
  if (last === undefined) return null;
  const { after } = past;
  return {
    past: { before: past.before.slice(0, -1), after: [state, ...after], at: 0 },
    state: last,
  };
}

export function redo<State>(past: Past<State>, state: State): Step<State> | null {
  const [next, ...after] = past.after;
  if (next === undefined) return null;
  return { past: { before: [...past.before, state], after, at: 0 }, state: next };
}
