/**
 * The map beside a list of issues, which says the same.
 *
 * ```html
 * <div data-island="browse" data-geojson="/api/v1/issues.geojson?status=open" data-grid
 *      data-bounds="w,s,e,n" data-wards="…" data-units="…" data-basemap…></div>
 * <script type="application/json" data-words="browse">{ BrowseWords }</script>
 * <a data-browse-here href="/issues?status=open" hidden>List what the map shows</a>
 * <ul> <li data-issue="26-001234"> … </li> … </ul>
 * ```
 *
 * Asks `data-geojson` with `bbox=` and `limit=` as the map moves, following `Link: rel="next"` up to
 * 100,000 issues; `data-grid` says that the door counts for itself: it is told `zoom=`, too, and may
 * answer points whose `properties.count` is how many they stand for.
 * Issues that lie too near to each other are shown as their number. A point leads to
 * `/issues/NUMBER`: by mouse at a click, by finger through the line that a tap shows. An item of the
 * list that is pointed at or focused rings its point, and a point its item, which has the class
 * `is-lit` then; where the map shows numbers, an item's `data-at="lon,lat"` says where its ring goes.
 * `[data-browse-here]` is shown once the map has been moved, and its `href` keeps `bbox` as the map has
 * it. With `data-elsewhere` an issue opens in a tab of its own: the page is framed by another.
 */
import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Stroke, Style } from 'ol/style.js';
import { make, stillness } from '../dom.ts';
import { makeChart, point, seen, showChart, type Chart, type ChartWords } from '../map/chart.ts';
import type { Cluster, Spot } from '../map/grid.ts';
import { IssueMap } from '../map/issues.ts';
import { onTheme } from '../map/theme.ts';
import { wardLayers } from '../map/wards.ts';
import { wordsOf, type Plural, type Say } from '../words.ts';
import '../map/browse.css';

export interface BrowseWords extends ChartWords {
  /** “{count} issues here”, of those in one place. */
  issues_here: Plural;
  /** “{count} more”, of those that the card does not name. */
  more: Plural;
  close: string;
  status_received: string;
  status_acknowledged: string;
  status_in_progress: string;
  status_on_hold: string;
  status_closed: string;
}

/** No more than this is kept, however large the city. */
const MOST = 100_000;
/** A card names so many issues of one place. */
const NAMED = 6;

export function start(island: HTMLElement): void {
  new Browse(island);
}

class Browse {
  readonly #chart: Chart;
  readonly #issues: IssueMap;
  readonly #say: Say<BrowseWords>;
  readonly #ring = new Feature<Point>();
  readonly #card = make('div', { class: 'browse-card', hidden: true });
  #lit: Element | null = null;

  constructor(readonly island: HTMLElement) {
    this.#say = wordsOf<BrowseWords>(island);
    this.#chart = makeChart(island, this.#say, false);
    this.#issues = new IssueMap(island, this.#chart.map, island.dataset['geojson']!, MOST);
    const { below, above } = wardLayers(island);
    for (const layer of [...below, ...above, this.#issues.layer, this.#ringLayer()]) this.#chart.map.addLayer(layer);
    this.#chart.frame.append(this.#card);
    showChart(island, this.#chart, this.#chart.frame);
    this.#listen();
  }

  #ringLayer(): VectorLayer {
    const layer = new VectorLayer({ source: new VectorSource({ features: [this.#ring] }) });
    onTheme(this.island, (theme) => layer.setStyle([
      new Style({ image: new Circle({ radius: 16, stroke: new Stroke({ color: theme.land, width: 7 }) }) }),
      new Style({ image: new Circle({ radius: 16, stroke: new Stroke({ color: theme.ink, width: 3 }) }) }),
    ]));
    return layer;
  }

  #listen(): void {
    const { map, target } = this.#chart;
    map.on('pointermove', (event) => {
      if (event.dragging) return;
      const found = this.#issues.at(event.pixel, false);
      target.style.cursor = found ? 'pointer' : '';
      this.#point(found);
    });
    target.addEventListener('pointerleave', () => this.#point(null));
    map.on('click', (event) => {
      const touch = (event.originalEvent as PointerEvent).pointerType !== 'mouse';
      this.#press(this.#issues.at(event.pixel, touch), touch);
    });
    map.once('moveend', () => map.on('moveend', () => this.#linkHere()));
    for (const name of ['pointerover', 'focusin']) document.addEventListener(name, (event) => this.#light(event.target));
  }

  /** Rings the point of the list's item that the reader is at. */
  #light(target: EventTarget | null): void {
    const item = target instanceof Element ? target.closest<HTMLElement>('[data-issue]') : null;
    if (!item && target instanceof Element && this.island.contains(target)) return;
    this.#ringSpot(item ? this.#issues.feed.spots.get(item.dataset['issue']!) ?? spotOf(item) : null);
  }

  #ringSpot(spot: { x: number; y: number } | null): void {
    this.#ring.setGeometry(spot ? new Point([spot.x, spot.y]) : undefined);
  }

  /** Rings a point and lights its item in the list. */
  #point(cluster: Cluster | null): void {
    const one = cluster?.count === 1 ? cluster.spots[0]! : null;
    const item = one ? document.querySelector(`[data-issue="${CSS.escape(one.number)}"]`) : null;
    if (item !== this.#lit) {
      this.#lit?.classList.remove('is-lit');
      item?.classList.add('is-lit');
      this.#lit = item;
    }
    this.#ringSpot(one);
  }

  #press(cluster: Cluster | null, touch: boolean): void {
    if (!cluster) return this.#closeCard();
    const [first] = cluster.spots;
    if (cluster.count === 1 && !touch && first!.number) return this.#go(first!);
    if (this.#comesApart(cluster)) return this.#zoomTo(cluster);
    this.#openCard(cluster);
    this.#point(cluster);
  }

  #comesApart({ count, spots }: Cluster): boolean {
    const view = this.#chart.map.getView();
    const [first] = spots;
    const apart = spots.some((spot) => Math.hypot(spot.x - first!.x, spot.y - first!.y) > 1) || !first!.number;
    return (count > 1 || !first!.number) && apart && view.getZoom()! < view.getMaxZoom();
  }

  #go(spot: Spot): void {
    if ('elsewhere' in this.island.dataset) window.open(linkOf(spot), '_blank', 'noopener');
    else location.assign(linkOf(spot));
  }

  #zoomTo({ spots, x, y }: Cluster): void {
    const [xs, ys] = [spots.map((spot) => spot.x), spots.map((spot) => spot.y)];
    const view = this.#chart.map.getView();
    const duration = stillness() ? 0 : 250;
    if (spots.length === 1) return view.animate({ center: [x, y], zoom: view.getZoom()! + 2, duration });
    view.fit([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], { padding: [60, 60, 60, 60], maxZoom: 18, duration });
  }

  #openCard({ count, spots }: Cluster): void {
    const items = spots.slice(0, NAMED).map((spot) => make('li', {}, this.#line(spot)));
    const rest = count - items.length;
    const close = make('button', { type: 'button', class: 'browse-close', 'aria-label': this.#say('close'), onclick: () => this.#closeCard() }, '×');
    this.#card.replaceChildren(close, ...(count > 1 ? [make('p', {}, this.#say('issues_here', { count }))] : []), make('ul', {}, ...items),
      ...(rest > 0 ? [make('p', { class: 'hint' }, this.#say('more', { count: rest }))] : []));
    this.#card.hidden = false;
  }

  #line(spot: Spot): HTMLElement {
    const status = `status_${spot.status}` as keyof BrowseWords & string;
    const where = [spot.address, this.#say(status)].filter(Boolean).join(' · ');
    const elsewhere = 'elsewhere' in this.island.dataset ? { target: '_blank', rel: 'noopener' } : {};
    return make('a', { href: linkOf(spot), ...elsewhere }, make('b', {}, spot.category), make('span', { class: 'hint' }, where));
  }

  #closeCard(): void {
    if (this.#card.contains(document.activeElement)) this.#chart.target.focus();
    this.#card.hidden = true;
  }

  #linkHere(): void {
    const link = document.querySelector<HTMLAnchorElement>('a[data-browse-here]');
    if (!link) return;
    const url = new URL(link.href);
    url.searchParams.set('bbox', seen(this.#chart.map).map((degrees) => degrees.toFixed(5)).join(','));
    link.href = url.href;
    link.hidden = false;
  }
}

/** Where an item of the list says that it lies. */
function spotOf(item: HTMLElement): { x: number; y: number } | null {
  const [lon, lat] = (item.dataset['at'] ?? '').split(',').map(Number);
  if (!lon || !lat) return null;
  const [x, y] = point([lon, lat]) as [number, number];
  return { x, y };
}

const linkOf = (spot: Spot): string => `/issues/${encodeURIComponent(spot.number)}`;
