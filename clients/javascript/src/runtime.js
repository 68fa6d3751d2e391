/** What the places that this runs in have, or lack: Node from 18 on, Deno, browsers. */

/** Whether there is a network behind this runtime that the rest of the world cannot reach. */
export const isNode = Boolean(globalThis.process?.versions?.node);

/** Return a module of Node's; by a name that no bundler for browsers tries to follow. */
export function nodeModule(name) {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}

/** Return a variable of the environment; undefined where it, or the environment, is missing. */
export function fromEnvironment(name) {
  return globalThis.process?.env?.[name] || undefined;
}

/** Return a signal that is aborted with the first of these; AbortSignal.any begins with Node 20. */
export function anyOf(...signals) {
  const given = signals.filter(Boolean);
  if (given.length === 1) return given[0];
  if (AbortSignal.any) return AbortSignal.any(given);
  const both = new AbortController();
  const abort = ({ target }) => {
    both.abort(target.reason);
    for (const signal of given) signal.removeEventListener('abort', abort);
  };
  for (const signal of given) {
    if (signal.aborted) abort({ target: signal });
    else signal.addEventListener('abort', abort);
  }
  return both.signal;
}
