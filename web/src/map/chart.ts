import ScaleLine from 'ol/control/ScaleLine.js';
import Zoom from 'ol/control/Zoom.js';
import { defaults as interactions } from 'ol/interaction/defaults.js';
import OlMap from 'ol/Map.js';
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj.js';
import View from 'ol/View.js';
import { make, stillness } from '../dom.ts';
import type { Bounds } from '../geo/measure.ts';
import type { Position } from '../geo/position.ts';
import type { Say } from '../words.ts';
import { addBasemap } from './basemap.ts';
import './chart.css';

export interface ChartWords {
  /** What the map is and which keys it knows; its name for a screen reader. */
  map: string;
  zoom_in: string;
  zoom_out: string;
}

/** A map in its frame, which the island places in its page. */
export interface Chart { readonly map: OlMap; readonly frame: HTMLElement; readonly target: HTMLElement }

const MERCATOR = 'EPSG:3857';
const KNOWN = 'EPSG:4326';

export const place = (coordinate: number[]): Position => toLonLat(coordinate) as unknown as Position;
export const point = (position: Position): number[] => fromLonLat([...position]);

/**
 * A map for an island with `data-bounds`, `data-basemap…` and `data-units`. `task` is a page whose
 * task is the map: one finger moves it at once. On others it scrolls the page until the map is
 * focused.
 */
export function makeChart(island: HTMLElement, say: Say<ChartWords>, task: boolean): Chart {
  const { bounds, units } = island.dataset;
  const target = make('div', { class: 'chart', tabindex: '0', role: 'application', 'aria-label': say('map') });
  const frame = make('div', { class: task ? 'chart-frame chart-task' : 'chart-frame' }, target);
  const map = new OlMap({
    target,
    moveTolerance: 5,
    pixelRatio: Math.min(devicePixelRatio, 2),
    interactions: interactions({
      onFocusOnly: !task, altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: !task,
      zoomDuration: stillness() ? 0 : 200,
    }),
    controls: [
      new Zoom({ className: 'chart-zoom', zoomInTipLabel: say('zoom_in'), zoomOutTipLabel: say('zoom_out'), zoomOutLabel: '−', duration: stillness() ? 0 : 200 }),
      new ScaleLine({ className: 'chart-scale', units: units === 'us' ? 'us' : 'metric' }),
    ],
    view: viewOf(bounds),
  });
  addBasemap(map, island);
  map.on('change:size', () => stay(map));
  return { map, frame, target };
}

function viewOf(bounds: string | undefined): View {
  const [west = -180, south = -70, east = 180, north = 75] = (bounds ?? '').split(',').filter(Boolean).map(Number);
  const city = transformExtent([west, south, east, north], KNOWN, MERCATOR);
  const [wide, high] = [city[2]! - city[0]!, city[3]! - city[1]!];
  const around = [city[0]! - wide, city[1]! - high, city[2]! + wide, city[3]! + high];
  const view = new View({ enableRotation: false, maxZoom: 20, minZoom: 2, ...(bounds ? { extent: around, constrainOnlyCenter: true } : {}) });
  view.fit(city, { size: [400, 400] });
  return view;
}

/** Puts the chart into the page, in place of what stood there for those without it. */
export function showChart(island: HTMLElement, chart: Chart, ...parts: Node[]): void {
  const words = [...island.children].filter((child) => child.matches('script'));
  island.replaceChildren(...parts, ...words);
  chart.map.updateSize();
  const { bounds } = island.dataset;
  if (bounds) lookAt(chart.map, bounds.split(',').map(Number), 8);
  chart.map.once('rendercomplete', () => { island.dataset['ready'] = ''; });
}

/** What a map was told to show, and how its view stood then. */
interface Aim { readonly degrees: number[]; readonly padding: number; readonly center: number[]; readonly resolution: number }
const aims = new WeakMap<OlMap, Aim>();

/** Shows all of it, by whichever side is narrower; as soon as the map has a size, where it was hidden. */
function lookAt(map: OlMap, degrees: number[], padding: number): void {
  const view = map.getView();
  const [wide = 0, high = 0] = map.getSize() ?? [];
  if (wide > 2 * padding && high > 2 * padding) {
    view.fit(transformExtent(degrees, KNOWN, MERCATOR), { size: [wide, high], padding: Array<number>(4).fill(padding), maxZoom: 17 });
  }
  aims.set(map, { degrees, padding, center: view.getCenter()!, resolution: view.getResolution()! });
}

/** Whether a map stands as it was told to, so that nobody has moved it since. */
export function stands(map: OlMap): boolean {
  const [aim, view] = [aims.get(map), map.getView()];
  if (!aim) return false;
  const moved = view.getCenter()!.some((at, k) => Math.abs(at - aim.center[k]!) > aim.resolution / 2);
  return !moved && Math.abs(view.getResolution()! / aim.resolution - 1) < 1e-6;
}

/** A frame that changes its size, as a phone that is turned, goes on showing all of it, unless somebody has moved the map. */
function stay(map: OlMap): void {
  const aim = aims.get(map);
  if (aim && stands(map)) lookAt(map, aim.degrees, aim.padding);
}

export const showBounds = (map: OlMap, { west, south, east, north }: Bounds): void => lookAt(map, [west, south, east, north], 56);

/** What is seen, in degrees. */
export const seen = (map: OlMap): number[] => transformExtent(map.getView().calculateExtent(map.getSize()), MERCATOR, KNOWN);

export const middle = (map: OlMap): Position => place(map.getView().getCenter()!);

export function moveTo(map: OlMap, to: Position, zoom?: number): void {
  const view = map.getView();
  view.animate({ center: point(to), zoom: zoom ?? view.getZoom()!, duration: stillness() ? 0 : 250 });
}

/** A mark in the middle of the map that stays while the map moves beneath it. */
export const crosshair = (): HTMLElement => make('div', { class: 'chart-cross', 'aria-hidden': 'true' });
