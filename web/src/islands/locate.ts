/**
 * “Around me”: fills the place of its form from where the device is. Sends nothing.
 *
 * ```html
 * <form>
 *   <p data-island="locate" hidden><button type="button" class="btn quiet">Around me</button></p>
 *   <script type="application/json" data-words="locate">{ LocateWords }</script>
 *   <input name="lon"><input name="lat">
 * </form>
 * ```
 *
 * Shown where the browser can tell. Fires `change` on `lat` once both are filled. What becomes of it
 * is said in a line behind it. With `data-submits` the form is sent then, by its button of that value
 * if it names one.
 */
import { make } from '../dom.ts';
import { fillPlace } from '../fields.ts';
import { Whereabouts, type WhereaboutsWords } from '../whereabouts.ts';
import { wordsOf } from '../words.ts';

export type LocateWords = WhereaboutsWords;

export function start(island: HTMLElement): void {
  const button = island.querySelector('button');
  if (!button || !('geolocation' in navigator)) return;
  const said = make('p', { class: 'hint', role: 'status' });
  island.after(said);
  island.hidden = false;
  const whereabouts = new Whereabouts(wordsOf<LocateWords>(island), (text) => { said.textContent = text; });
  const form = island.closest('form');
  const { submits } = island.dataset;
  button.addEventListener('click', () => whereabouts.find((at) => {
    fillPlace(form, at);
    if (submits !== undefined) form?.requestSubmit(form.querySelector<HTMLButtonElement>(`button[value="${submits}"]`));
  }));
}
