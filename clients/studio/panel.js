/** What stands above the images of a job: prompt, state, progress, and what can be done. */

import { counted, h, say } from './dom.js';

/** `actions` has a function for each of the buttons. */
export function jobPanel(prompt, actions) {
  const state = h('span', { class: 'state' });
  const message = h('span', { class: 'message', dir: 'auto' });
  const painter = h('span', { class: 'painter', dir: 'auto' });
  const percent = h('span', { class: 'percent', 'aria-hidden': 'true' });
  const bar = h('div', {
    class: 'progress', role: 'progressbar', 'aria-label': 'Progress',
    'aria-valuemin': 0, 'aria-valuemax': 100,
  }, h('span', {}));
  const button = (name, text, style) =>
    h('button', { type: 'button', class: style, onclick: actions[name], hidden: true }, text);
  const buttons = {
    save: button('save', 'Download all', 'primary'),
    retry: button('retry', 'Retry', 'primary'),
    cancel: button('cancel', 'Cancel'),
    more: button('more', 'More sizes, free'),
    again: button('again', 'Change order'),
    rerun: button('rerun', 'Run again'),
    program: button('program', 'Copy as code'),
    remove: button('remove', 'Delete', 'danger'),
  };
  const hint = h('p', { class: 'hint' });
  const problem = h('div', { class: 'notice problem-box', role: 'alert', hidden: true });
  const element = h(
    'header',
    { class: 'panel card' },
    h('h2', { class: 'quote', dir: 'auto', tabindex: prompt.length > 600 ? 0 : undefined },
      prompt || 'A picture of your own'),
    h('p', { class: 'line' }, state, message, painter, percent),
    bar,
    problem,
    hint,
    h('div', { class: 'actions' }, ...Object.values(buttons)),
  );
  const show = (job, { ended, images, finished, missing = 0 }) => {
    element.dataset.status = job.status;
    say(state, job.status);
    say(message, ended ? made(job, images, missing) : job.error ? nextTry(job) : job.message);
    if (ended) say(hint, '');
    say(percent, ended ? '' : `${job.progress}%`);
    bar.hidden = ended;
    bar.setAttribute('aria-valuenow', job.progress);
    bar.setAttribute('aria-valuetext', `${job.progress}%, ${job.message}`);
    bar.firstChild.style.setProperty('--done', job.progress / 100);
    buttons.save.hidden = images === 0 || !ended;
    buttons.retry.hidden = !['failed', 'cancelled'].includes(job.status) && !missing;
    say(buttons.retry, missing ? 'Make what is missing' : 'Retry');
    buttons.retry.className = job.error?.retryable === false ? '' : 'primary';
    buttons.cancel.hidden = ended;
    buttons.again.hidden = !ended;
    for (const name of ['more', 'rerun', 'program', 'remove']) buttons[name].hidden = !finished;
  };
  return { element, hint, painter, problem, show };
}

function made({ status }, images, missing) {
  if (status !== 'completed' && !images) return '';
  return missing ? `${counted(images, 'image')}, ${missing} missing` : counted(images, 'image');
}

/** The problem is shown separately; this says what happens next. */
function nextTry({ status, nextRunAt }) {
  if (status !== 'delayed' || !nextRunAt) return '';
  const time = new Date(nextRunAt).toLocaleTimeString(undefined, { timeStyle: 'medium' });
  return `It will be tried again by itself at ${time}.`;
}
