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
 * Fills `lon` and `lat` once somebody has moved the map, tapped it, or taken the place by the button or
 * Enter, and fires `change` on `lat`; values that are there already are where it begins. A window or a
 * phone that is turned moves nothing that anybody meant, and fills nothing.
 * When somebody else changes them, it goes there. What it fills belongs to no address any more: a field
 * `asked` is emptied, and of radios `place` none stays chosen. Whoever then types another `address` may mean
 * that, or how to find the pin: `asked` and `named` say `pin` then, and the server finds out. What was filled
 * in from an address is emptied when another one is typed.
 */
import { make } from '../dom.ts';
import { rounded, type Position } from '../geo/position.ts';
import { makeChart, middle, moveTo, place, point, showChart, stands, type ChartWords } from '../map/chart.ts';
import { emptyPlace, fillPlace, leaveAddress, placeOf } from '../fields.ts';
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
  const address = form?.querySelector<HTMLInputElement>('[name=address]');
  const typed = () => address?.value.trim() ?? '';
  /** The place that was taken, what was typed as the address then, and whether it was set by hand. */
  let taken: { readonly at: Position; readonly beside: string; readonly byHand: boolean; readonly named: string } | null = null;
  const call = (asked: string, named: string) => {
    for (const [name, value] of [['asked', asked], ['named', named]] as const) {
      const one = form?.querySelector<HTMLInputElement>(`[name=${name}]`);
      if (one) one.value = value;
    }
  };
  const tell = (set: boolean) => {
    frame.classList.toggle('is-set', set);
    said.textContent = say(set ? 'said_set' : 'hint');
  };
  const take = () => {
    taken = { at: rounded(middle(map)), beside: typed(), byHand: true, named: '' };
    call('', '');
    fillPlace(form, taken.at);
    leaveAddress(form);
    tell(true);
  };
  const goTo = (to: Position, zoom?: number) => {
    if (isSame(rounded(to), rounded(middle(map)))) take();
    moveTo(map, to, zoom);
  };
  const whereabouts = new Whereabouts(say, (text) => { said.textContent = text; });
  const buttons = make('div', { class: 'pin-acts' },
    make('button', { type: 'button', class: 'btn quiet', onclick: take }, say('put_here')),
    make('button', { type: 'button', class: 'btn quiet', onclick: () => whereabouts.find((at) => goTo(at, NEAR_ZOOM)) }, say('around_me')));
  frame.append(make('div', { class: 'pin-mark', 'aria-hidden': 'true' }));
  const box = make('div', { class: 'pin' }, frame, said, buttons);
  showChart(island, chart, box);
  const begun = placeOf(form);
  if (begun) {
    map.getView().setCenter(point(begun));
    map.getView().setZoom(NEAR_ZOOM);
    frame.classList.add('is-set');
    const [asked, named] = ['asked', 'named'].map((name) => form?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? '');
    taken = { at: begun, beside: typed(), byHand: asked === '' || named !== '', named: named ?? '' };
  }
  // Where the map came to rest last. A new size may bring it elsewhere, which nobody has done by hand.
  let rest = rounded(middle(map));
  map.on('change:size', () => { if (stands(map)) rest = rounded(middle(map)); });
  map.on('moveend', () => {
    const [now, there] = [rounded(middle(map)), placeOf(form)];
    const moved = !isSame(now, rest);
    rest = now;
    if (moved && !(there && isSame(now, there))) take();
  });
  map.on('click', (event) => goTo(place(event.coordinate)));
  target.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target !== target) return;
    event.preventDefault();
    take();
  });
  followFields(form, map);
  address?.addEventListener('input', () => {
    if (!taken) return;
    const meant = ['', taken.beside].includes(typed());
    if (taken.byHand) return meant ? call('', taken.named) : call('pin', 'pin');
    if (meant === frame.classList.contains('is-set')) return;
    if (meant) fillPlace(form, taken.at);
    else emptyPlace(form);
    tell(meant);
  });
}

/** Whether two places are one, as they are written. */
const isSame = (one: Position, other: Position): boolean => Math.abs(one[0] - other[0]) + Math.abs(one[1] - other[1]) <= 1e-6;
