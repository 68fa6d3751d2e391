/** Who is signed in, and the SDK's client that speaks for them. */

import { SnapAssetClient, SnapAssetError } from './sdk/index.js';

const KEY = 'snapasset.token';

/**
 * The token lives in sessionStorage: it survives a reload, and unlike localStorage it is not left
 * behind on the disk of a shared computer, nor handed to every later tab.
 */
export class Session {
  #token = sessionStorage.getItem(KEY) ?? '';

  constructor(onSignInNeeded) {
    this.onSignInNeeded = onSignInNeeded;
    // We show longer waits ourselves: a page that counts down beats one that hangs.
    const patience = { attempts: 3, maxWaitMs: 2_000 };
    this.client = new SnapAssetClient('', () => this.#token, patience);
  }

  /** The owner that the token names, "" when nobody is signed in. */
  get userId() {
    return subjectOf(this.#token);
  }

  /** When the token expires, in milliseconds since 1970; undefined when it does not say. */
  get expiresAt() {
    const { exp } = claimsOf(this.#token);
    return Number.isFinite(exp) ? exp * 1000 : undefined;
  }

  /** Accept a token that someone pasted. Throws SnapAssetError when the API does not accept it. */
  async use(token) {
    const ours = new SnapAssetClient('', token, { attempts: 1 });
    if (!subjectOf(token)) {
      throw new SnapAssetError('This is not a token.', { code: 'UNAUTHORIZED', status: 401 });
    }
    await ours.queueStats();
    this.#keep(token);
  }

  forget() {
    this.#keep('');
  }

  /** Sign in silently if the local stack allows it; return whether someone is signed in. */
  async begin() {
    if (!this.#token) await this.#askLocal();
    return Boolean(this.#token);
  }

  /** Run `act(client)`. An expired token of the local stack is replaced; others are asked for. */
  async call(act) {
    try {
      return await act(this.client);
    } catch (error) {
      if (error.code !== 'UNAUTHORIZED') throw error;
      this.forget();
      if (await this.#askLocal()) return act(this.client);
      this.onSignInNeeded(error);
      throw error;
    }
  }

  async #askLocal() {
    try {
      const answer = await fetch('/api/local-token', { cache: 'no-store' });
      if (answer.ok) this.#keep((await answer.json()).token ?? '');
    } catch {
      // Without a connection there is nothing to sign in to; the next call will report that.
    }
    return Boolean(this.#token);
  }

  #keep(token) {
    this.#token = token;
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  }
}

function subjectOf(token) {
  const { sub } = claimsOf(token);
  return typeof sub === 'string' ? sub : '';
}

/** Read the claims without verifying anything: that is the API's job. */
function claimsOf(token) {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}
