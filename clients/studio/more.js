/** More images from what was bought: other platforms, a size of one's own, another format. */

import { ALL_FORMATS, FORMAT_NAMES } from './cuts.js';
import { openDialog } from './dialog.js';
import { h, say } from './dom.js';
import { sizeOf } from './order.js';
import { showProblem } from './problems.js';

const FITS = [['cover', 'Is cut off'], ['contain', 'Show all, blurred around it']];

/** Open the dialog; it closes once `bench` has cut what was chosen. */
export function addImages(bench) {
  const have = new Set(bench.generation.images.map((one) => one.platformId));
  const boxes = [...bench.platforms.values()].map((one) => target(one, have.has(one.id)));
  const format = select('more-format', ALL_FORMATS.map((one) => [one, FORMAT_NAMES[one]]));
  const fit = select('more-fit', FITS);
  const problem = h('div', { class: 'notice problem-box', role: 'alert', hidden: true });
  const told = h('p', { class: 'hint', role: 'status' });
  const own = [['name', 'Name', 'text'], ['width', 'Width', 'number'], ['height', 'Height', 'number']]
    .map(([name, label, type]) => field(`more-${name}`, label, type));
  const cut = h('button', { class: 'primary', type: 'submit' }, 'Cut them, free');
  const submit = async (event) => {
    event.preventDefault();
    const renditions = chosen(form);
    if (!renditions.length) return void say(told, 'Choose a platform, or give a size of your own.');
    cut.disabled = true;
    say(told, 'Cutting …');
    try {
      await bench.cut({ renditions, options: { format: format.value, fit: fit.value } });
      dialog.close();
    } catch (error) {
      say(told, '');
      showProblem(problem, error);
      cut.disabled = false;
    }
    return undefined;
  };
  const form = h(
    'form',
    { novalidate: true, onsubmit: submit },
    h('p', { class: 'hint' }, 'They are cut from what is bought already: it costs nothing.'),
    h('fieldset', {}, h('legend', {}, 'Platforms'), h('div', { class: 'targets' }, ...boxes)),
    h('fieldset', { class: 'own' }, h('legend', {}, 'A size of your own'), ...own),
    h('div', { class: 'choices' },
      labelled('more-format', 'Format', format), labelled('more-fit', 'What does not fit', fit)),
    problem,
    told,
    h('div', { class: 'actions reach' }, cut),
  );
  format.addEventListener('change', () => refuse(bench.platforms, form, format.value));
  const dialog = openDialog('More images from this one', 'more', form);
  refuse(bench.platforms, form, format.value);
  return dialog;
}

/** A platform that does not take the format cannot be chosen. */
function refuse(platforms, form, format) {
  for (const box of form.querySelectorAll('[name="target"]')) {
    box.disabled = !platforms.get(box.value).formats.includes(format);
    if (box.disabled) box.checked = false;
  }
}

function chosen(form) {
  const boxes = [...form.querySelectorAll('[name="target"]:checked')];
  const platforms = boxes.map((one) => ({ platform: one.value }));
  const typed = (one) => form.querySelector(`#more-${one}`).value.trim();
  const [name, width, height] = ['name', 'width', 'height'].map(typed);
  if (!width && !height) return platforms;
  return [...platforms, sizeOf(name, width, height)];
}

function target({ id, name, width, height }, have) {
  const facts = `${width} × ${height}${have ? ' · again' : ''}`;
  return h('label', { class: 'target' },
    h('input', { type: 'checkbox', name: 'target', value: id }), h('b', {}, name), h('small', {}, facts));
}

function field(id, label, type) {
  const number = { min: 16, max: 4096, inputmode: 'numeric' };
  const bounds = type === 'number' ? number : { placeholder: 'poster' };
  return h('div', {}, h('label', { for: id }, label), h('input', { id, type, autocomplete: 'off', ...bounds }));
}

const labelled = (id, text, control) => h('div', {}, h('label', { for: id }, text), control);

const select = (id, values) =>
  h('select', { id }, ...values.map(([value, text]) => h('option', { value }, text)));
