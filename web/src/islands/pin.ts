/**
 * One place: the map moves beneath a pin in its middle, so that dragging, tapping and the arrow keys
 * are one way.
 *
 * ```html
 * <form>
 *   <div data-island="pin" data-bounds="w,s,e,n" data-wards="…" data-issues="…" data-units="…" data-basemap…></div>
 *   <script type="application/json" data-words="pin">{ PinWords }</script>
 *   <input type="hidden" name="lon"><input type="hidden" name="lat">
 * </form>
 * ```
 *
 * Fills `lon` and `lat` once the map has been moved, tapped, or the place has been taken by the
 * button or Enter, and fires `change` on `lat`; values that are there already are where it begins.
 * When somebody else changes them, it goes there. What it fills belongs to no address any more: a field
 * `asked` is emptied, and of radios `place` none stays chosen.
 */
import { make } from '../dom.ts';
import { rounded } from '../geo/position.ts';
import { makeChart, middle, moveTo, place, point, showChart, type ChartWords } from '../map/chart.ts';
import { fillPlace, leaveAddress, placeOf } from '../fields.ts';
import { followFields, NEAR_ZOOM } from '../map/fields.ts';
import { issueLayer } from '../map/issues.ts';
import { wardLayers } from '../map/wards.ts';
import { wordsOf } from '../words.ts';
import { Whereabouts, type WhereaboutsWords } from '../whereabouts.ts';
import '../map/pin.css';

export interface PinWords extends ChartWords, WhereaboutsWords {
  /** What to do: move the map until the pin is where it should be. */
  hint: string;
  /** The button that takes the place under the pin. */
  put_here: string;
  /** The button that goes to where the reader is. */
  around_me: string;
  said_set: string;
}

export function start(island: HTMLElement): void {
  const say = wordsOf<PinWords>(island);
  const form = island.closest('form');
  const chart = makeChart(island, say, true);
  const { map, target, frame } = chart;
  const { below, above } = wardLayers(island);
  for (const layer of [...below, ...issueLayer(island, map), ...above]) map.addLayer(layer);
  const said = make('p', { class: 'hint pin-said', role: 'status' }, say('hint'));
  const take = () => {
    fillPlace(form, rounded(middle(map)));
    leaveAddress(form);
    frame.classList.add('is-set');
    said.textContent = say('said_set');
  };
  const whereabouts = new Whereabouts(say, (text) => { said.textContent = text; });
  const buttons = make('div', { class: 'pin-acts' },
    make('button', { type: 'button', class: 'btn quiet', onclick: take }, say('put_here')),
    make('button', { type: 'button', class: 'btn quiet', onclick: () => whereabouts.find((at) => moveTo(map, at, NEAR_ZOOM)) }, say('around_me')));
  frame.append(make('div', { class: 'pin-mark', 'aria-hidden': 'true' }));
  const box = make('div', { class: 'pin' }, frame, said, buttons);
  showChart(island, chart, box);
  const begun = placeOf(form);
  if (begun) {
    map.getView().setCenter(point(begun));
    map.getView().setZoom(NEAR_ZOOM);
    frame.classList.add('is-set');
  }
  // The first move is the page's own, unless there is none to come.
  map.once('moveend', () => map.on('moveend', () => {
    const [now, there] = [rounded(middle(map)), placeOf(form)];
    if (!there || Math.abs(now[0] - there[0]) + Math.abs(now[1] - there[1]) > 1e-6) take();
  }));
  map.on('click', (event) => moveTo(map, place(event.coordinate)));
  target.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target !== target) return;
    event.preventDefault();
    take();
  });
  followFields(form, map);
}
