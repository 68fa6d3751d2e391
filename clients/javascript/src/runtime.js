/** What the runtimes have or lack: Node from 18 on, Deno, browsers. */

/** Whether this runtime may be in a network that the rest of the world cannot reach. */
export const isNode = Boolean(globalThis.process?.versions?.node);

/** Return one of Node's modules, imported so that no bundler for browsers tries to resolve it. */
export function nodeModule(name) {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}

/** Return an environment variable; undefined if it, or the environment itself, is missing. */
export function fromEnvironment(name) {
  return globalThis.process?.env?.[name] || undefined;
}

/** Return a signal that aborts with the first of these; AbortSignal.any came with Node 20. */
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
