import { icon, make } from '../dom.ts';
import type { Flaw, Limits } from '../geo/flaw.ts';
import { openRing } from '../geo/sketch.ts';
import type { Say } from '../words.ts';
import type { Board, Tool } from './board.ts';
import { flawWords, hint, meant, shown, sum, type DrawWords } from './words.ts';
import type { Units } from './size.ts';

const ICONS: Record<Tool, string> = {
  corners: 'M5 9 14 5 20 12 15 19 6 17Z',
  freehand: 'M5 15c-3-6 2-11 8-10s9 6 6 10-6 1-7 3-5 1-7-3Z',
  circle: 'M12 4a8 8 0 1 0 .01 0ZM12 11.5h.01',
};
const ARROWS = { undo: 'M9 7 4 12l5 5M4 12h10a5 5 0 0 1 5 5v1', redo: 'M15 7l5 5-5 5M20 12H10a5 5 0 0 0-5 5v1' };

/** The slider is even to the hand: each step is as much wider as the last. */
const SLIDER = { least: 25, most: 10_000, steps: 200 };
const toSlider = (metres: number) => Math.round((SLIDER.steps * Math.log(metres / SLIDER.least)) / Math.log(SLIDER.most / SLIDER.least));
const fromSlider = (step: number) => Number((SLIDER.least * (SLIDER.most / SLIDER.least) ** (step / SLIDER.steps)).toPrecision(2));

/** A form that is not there: what belongs to the tool is not sent with the page's. */
const NO_FORM = { form: 'none-but-the-map' };

interface Acts {
  /** The place under the crosshair. */
  placeHere(): void;
}

/** Everything around the map: tools, buttons, and what is said. */
export class Panel {
  readonly tools: HTMLElement;
  readonly hint = make('p', { class: 'draw-hint hint' });
  readonly radius: HTMLElement;
  readonly acts: HTMLElement;
  readonly said: HTMLElement;
  readonly more: HTMLElement;
  readonly #live = make('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  readonly #sum = make('p', { class: 'draw-sum' });
  readonly #extent = make('p', { class: 'hint draw-extent' });
  readonly #flaw = make('p', { class: 'draw-flaw', 'aria-live': 'polite', tabindex: '-1' });
  readonly #buttons: Record<'place' | 'finish' | 'undo' | 'redo' | 'part' | 'hole' | 'corner' | 'delete' | 'clear', HTMLButtonElement>;
  readonly #metres: HTMLInputElement;
  readonly #slider: HTMLInputElement;

  constructor(readonly board: Board, readonly say: Say<DrawWords>, readonly units: Units, readonly limits: Limits, acts: Acts) {
    this.#buttons = {
      place: this.#button('add_corner', 'btn', () => acts.placeHere()),
      finish: this.#button('finish', 'btn quiet', () => this.finish()),
      undo: this.#button('undo', 'btn quiet', () => board.undo(), ARROWS.undo),
      redo: this.#button('redo', 'btn quiet', () => board.redo(), ARROWS.redo),
      part: this.#button('another_part', 'btn quiet', () => board.begin('part')),
      hole: this.#button('cut_hole', 'btn quiet', () => board.begin('hole')),
      corner: this.#button('next_corner', 'btn quiet', () => board.chooseNext(1)),
      delete: this.#button('delete_corner', 'btn quiet', () => board.deleteChosen()),
      clear: this.#button('clear', 'btn quiet', () => board.clear()),
    };
    const { place, finish, undo, redo, part, hole, corner, delete: remove, clear } = this.#buttons;
    this.tools = this.#toolbox();
    this.#metres = make('input', { ...NO_FORM, type: 'number', id: 'draw-radius', min: '1', step: '1', inputmode: 'numeric' });
    this.#slider = make('input', { ...NO_FORM, type: 'range', min: '0', max: String(SLIDER.steps), 'aria-label': say('radius_slider') });
    this.radius = this.#radiusRow();
    this.acts = make('div', { class: 'draw-acts' }, place, finish, undo, redo);
    this.said = make('div', { class: 'draw-said' }, this.#flaw, this.#sum, this.#extent, this.#live);
    this.more = make('div', { class: 'draw-more' }, part, hole, corner, remove, clear);
  }

  #button(word: keyof DrawWords, look: string, act: () => void, path?: string): HTMLButtonElement {
    // One that cannot do anything now stays focused, so it is said to be disabled but is not.
    const press = (event: Event) => {
      if ((event.currentTarget as HTMLElement).ariaDisabled !== 'true') act();
    };
    return make('button', { type: 'button', class: look, onclick: press }, ...(path ? [icon(path)] : []), this.say(word));
  }

  #toolbox(): HTMLElement {
    const choices = (Object.keys(ICONS) as Tool[]).map((tool) => {
      const choose = () => this.board.setTool(tool);
      const radio = make('input', { ...NO_FORM, type: 'radio', name: 'draw-tool', value: tool, onchange: choose });
      return make('label', {}, radio, icon(ICONS[tool]), make('span', {}, this.say(`tool_${tool}`)));
    });
    return make('fieldset', { class: 'draw-tools' }, make('legend', { class: 'visually-hidden' }, this.say('tools')), ...choices);
  }

  #radiusRow(): HTMLElement {
    this.#metres.addEventListener('input', () => {
      const metres = meant(this.units, this.#metres.valueAsNumber);
      if (metres >= 1) this.board.setRadius(metres);
    });
    this.#slider.addEventListener('input', () => {
      const step = fromSlider(this.#slider.valueAsNumber);
      this.board.setRadius(this.units === 'us' ? meant('us', Number(shown('us', step).toPrecision(2))) : step);
    });
    const field = make('span', { class: 'draw-number' }, this.#metres, make('span', {}, this.say('radius_unit')));
    return make('div', { class: 'draw-radius' }, make('label', { for: 'draw-radius' }, this.say('radius')), field, this.#slider);
  }

  /** Shows the board as it is now; `announcement` is for those who do not see it. */
  show(flaw: Flaw | null, announcement: string): void {
    const { board, say, units } = this;
    const held = document.activeElement;
    this.hint.textContent = say(hint(board));
    const { size, extent } = sum(say, units, board);
    this.#sum.textContent = size;
    this.#extent.textContent = extent;
    this.sayFlaw(flaw);
    if (announcement) this.#live.textContent = `${announcement} ${size}`;
    this.#showRadius();
    this.#showButtons();
    // The button that was pressed may have gone; whoever uses the keys goes on at the map.
    if (held instanceof HTMLElement && held.hidden) this.acts.closest('.draw')?.querySelector<HTMLElement>('.chart')?.focus();
  }

  sayFlaw(flaw: Flaw | null): void {
    const words = flawWords(this.say, this.units, this.limits, flaw);
    if (this.#flaw.textContent !== words) this.#flaw.textContent = words;
  }

  /** Closes what grows, or says what it lacks for that. */
  finish(): void {
    if (!this.board.finish()) this.sayFlaw('few');
  }

  focusFlaw(): void { this.#flaw.focus(); }

  #showRadius(): void {
    const { board, units } = this;
    this.radius.hidden = board.tool !== 'circle';
    const metres = shown(units, board.radius_m);
    if (meant(units, this.#metres.valueAsNumber) !== board.radius_m) this.#metres.value = String(metres);
    if (document.activeElement !== this.#slider) this.#slider.value = String(toSlider(board.radius_m));
    this.#slider.ariaValueText = `${metres} ${this.say('radius_unit')}`;
    const tool = this.tools.querySelector<HTMLInputElement>(`[value=${board.tool}]`)!;
    tool.checked = true;
  }

  #showButtons(): void {
    const { board, say } = this;
    const { place, finish, undo, redo, part, hole, corner, delete: remove, clear } = this.#buttons;
    const ring = openRing(board.sketch);
    const [open, few] = [ring !== null, ring !== null && ring.length < 3];
    place.textContent = say(board.chosen ? 'move_corner' : board.tool === 'circle' ? 'put_middle' : 'add_corner');
    place.hidden = !board.takesPlaces;
    finish.hidden = !open || !!board.chosen;
    part.hidden = hole.hidden = few || board.isEmpty;
    clear.hidden = board.isEmpty;
    // A circle alone has only its middle, which the next place moves anyway.
    corner.hidden = board.isEmpty || (board.sketch.parts.length === 1 && board.sketch.parts[0]!.kind === 'circle');
    remove.hidden = !board.chosen;
    finish.ariaDisabled = String(few);
    undo.ariaDisabled = String(!board.canUndo);
    redo.ariaDisabled = String(!board.canRedo);
    part.ariaPressed = String(board.next === 'part');
    hole.ariaPressed = String(board.next === 'hole');
  }
}
