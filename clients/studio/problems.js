/** Shows what went wrong: a title for the error's code, its message, and a countdown for limits. */

import { h, say } from './dom.js';

const TITLES = {
  RATE_LIMIT_EXCEEDED: 'You have reached the limit',
  JOB_LIMIT_EXCEEDED: 'Too many of your jobs are open',
  BUDGET_EXCEEDED: 'The budget of this month is spent',
  QUEUE_FULL: 'The queue is full',
  MODERATION_BLOCKED: 'The prompt was refused',
  UNAUTHORIZED: 'Please sign in',
  FORBIDDEN: 'You may not do this',
  INVALID_REQUEST: 'Something is not right yet',
  JOB_NOT_FOUND: 'There is no such job',
  GENERATION_NOT_FOUND: 'There is nothing like this in the history',
  NETWORK_ERROR: 'No connection',
  TIMEOUT: 'No answer',
};

export const titleOf = (code) => TITLES[code] ?? 'That did not work';

/** True when the network or the service was unavailable, and a retry may soon succeed. */
export function isLost(error) {
  return ['NETWORK_ERROR', 'TIMEOUT', 'STREAM_ENDED', 'BAD_ANSWER'].includes(error.code)
    || error.status >= 500;
}

/**
 * Return the message of an error that heals by itself: without the request to try again, which is
 * for callers that have to do it.
 */
export function withoutRequest(message) {
  const sentences = message.split(/(?<=[.!?;])\s+/);
  return sentences.filter((one) => !/\btry\b.*\bagain\b/i.test(one)).join(' ').replace(/;$/, '.');
}

/**
 * Show `error` in `box`; `onReady` is called when the wait is over. Returns a function that removes
 * it again.
 */
export function showProblem(box, error, onReady) {
  const title = h('b', {}, error.heals ? 'This attempt did not work' : titleOf(error.code));
  const parts = [title, textOf(error)];
  let timer;
  if (error.retryAfter > 0) {
    // The digits are hidden from screen readers, which would read out every change.
    const left = h('span', { 'aria-hidden': 'true' });
    const until = performance.now() + error.retryAfter * 1000;
    const once = h('span', { class: 'unseen' }, `Try again in ${clock(error.retryAfter)}.`);
    parts.push(h('p', { class: 'countdown' }, left, once));
    const tick = () => {
      const seconds = Math.ceil((until - performance.now()) / 1000);
      say(left, seconds > 0 ? `Try again in ${clock(seconds)}` : 'You can try again now.');
      if (seconds > 0) return;
      clearInterval(timer);
      say(once, 'You can try again now.');
      onReady?.();
    };
    timer = setInterval(tick, 250);
    tick();
  }
  if (error.requestId) parts.push(h('p', { class: 'hint' }, `Request ${error.requestId}`));
  box.replaceChildren(...parts);
  box.hidden = false;
  return () => {
    clearInterval(timer);
    box.hidden = true;
    box.replaceChildren();
  };
}

/** A long text scrolls, and so the keyboard must be able to reach it. */
function textOf(error) {
  const text = sentence(error);
  return h('p', { dir: 'auto', tabindex: text.length > 600 ? 0 : undefined }, text);
}

function sentence(error) {
  if (error.heals) return withoutRequest(error.message);
  const isOurs = isLost(error) && error.status === 0;
  return isOurs ? `${error.message} Please check your connection and try again.` : error.message;
}

function clock(seconds) {
  const whole = Math.ceil(seconds);
  const pad = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
  return minutes ? `${minutes}:${pad(whole % 60)}` : `${whole} s`;
}
