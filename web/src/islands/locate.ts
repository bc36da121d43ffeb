/**
 * “Around me”: fills the place of its form from where the device is. Sends nothing.
 *
 * ```html
 * <form>
 *   <button type="button" class="btn quiet" data-island="locate" hidden>Around me</button>
 *   <script type="application/json" data-words="locate">{ LocateWords }</script>
 *   <input name="lon"><input name="lat">
 * </form>
 * ```
 *
 * Shown where the browser can tell. Fires `change` on `lat` once both are filled. What becomes of it
 * is said in a line behind the button.
 */
import { make } from '../dom.ts';
import { fillPlace } from '../fields.ts';
import { Whereabouts, type WhereaboutsWords } from '../whereabouts.ts';
import { wordsOf } from '../words.ts';

export type LocateWords = WhereaboutsWords;

export function start(button: HTMLElement): void {
  if (!('geolocation' in navigator)) return;
  const said = make('p', { class: 'hint', role: 'status' });
  button.after(said);
  button.hidden = false;
  const whereabouts = new Whereabouts(wordsOf<LocateWords>(button), (text) => { said.textContent = text; });
  button.addEventListener('click', () => whereabouts.find((at) => fillPlace(button.closest('form'), at)));
}
