import Feature from 'ol/Feature.js';
import type { FeatureLike } from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import type OlMap from 'ol/Map.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Fill, RegularShape, Stroke, Style, Text } from 'ol/style.js';
import { later } from '../dom.ts';
import { seen } from './chart.ts';
import { Feed } from './feed.ts';
import { clusters, widened, type Cluster, type Extent } from './grid.ts';
import { faint, onTheme, type Theme } from './theme.ts';

/** How wide a cell is whose issues are shown as one number, in pixels. */
const CELL_PX = 64;
/** As a backdrop they only have to be told apart by the eye. */
const DUST_PX = 5;
/** From here on every issue has its own mark, but for those in one and the same place. */
const APART_ZOOM = 17;

/** The issues of an island's map, kept up with what is seen. */
export class IssueMap {
  readonly layer: VectorLayer;
  readonly feed: Feed;
  readonly #source = new VectorSource({ wrapX: false });

  constructor(island: HTMLElement, readonly map: OlMap, url: string, most: number, readonly backdrop = false) {
    this.layer = new VectorLayer({ source: this.#source, declutter: !backdrop });
    this.feed = new Feed(url, most, 'grid' in island.dataset, () => this.#show());
    onTheme(island, (theme) => this.layer.setStyle(backdrop ? dust(theme) : look(theme)));
    const ask = later(200, () => void this.feed.look(widened(seen(map) as unknown as Extent), map.getView().getZoom() ?? 0));
    map.on('moveend', () => {
      this.#show();
      ask();
    });
  }

  #show(): void {
    const view = this.map.getView();
    const [west, south, east, north] = view.calculateExtent(this.map.getSize()) as unknown as Extent;
    const apart = (view.getZoom() ?? 0) >= APART_ZOOM;
    const cell = apart ? 0.5 : (this.backdrop ? DUST_PX : CELL_PX) * view.getResolution()!;
    const joined = clusters(this.feed.spots.values(), [west - cell, south - cell, east + cell, north + cell], cell);
    this.#source.clear(true);
    this.#source.addFeatures(joined.map((cluster) => new Feature({ geometry: new Point([cluster.x, cluster.y]), cluster })));
  }

  /** What is shown at a pixel. */
  at(pixel: number[], touch: boolean): Cluster | null {
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature.get('cluster') as Cluster | undefined, {
      layerFilter: (layer) => layer === this.layer, hitTolerance: touch ? 14 : 5,
    });
    return found ?? null;
  }
}

/** A map's issues as a backdrop; none where the page names no door. */
export function issueLayer(island: HTMLElement, map: OlMap): VectorLayer[] {
  const { issues } = island.dataset;
  return issues ? [new IssueMap(island, map, issues, 2_000, true).layer] : [];
}

/** Where much happens, without asking to be read. */
const dust = (theme: Theme): Style =>
  new Style({ image: new Circle({ radius: 3, fill: new Fill({ color: faint(theme.issue, 0.42) }), stroke: new Stroke({ color: theme.land, width: 1 }) }) });

/** Status is a shape as well as a colour. Names of wards keep clear of all of them. */
function look(theme: Theme): (feature: FeatureLike) => Style {
  const stroke = new Stroke({ color: theme.land, width: 1.5 });
  const shape = (color: string, points: number, radius: number, angle = 0) =>
    new Style({ image: new RegularShape({ points, radius, angle, fill: new Fill({ color }), stroke, declutterMode: 'obstacle' }) });
  const round = new Style({ image: new Circle({ radius: 6, fill: new Fill({ color: theme.issue }), stroke, declutterMode: 'obstacle' }) });
  const marks: Record<string, Style> = {
    acknowledged: shape(theme.accent, 4, 8), in_progress: shape(theme.accent, 4, 8),
    on_hold: shape(theme.wait, 3, 8.5), closed: shape(theme.ok, 4, 7.5, Math.PI / 4),
  };
  const number = new Intl.NumberFormat(document.documentElement.lang || 'en', { notation: 'compact' });
  return (feature) => {
    const { count, spots } = feature.get('cluster') as Cluster;
    return count > 1 ? crowd(theme, count, number.format(count)) : marks[spots[0]!.status] ?? round;
  };
}

function crowd(theme: Theme, count: number, text: string): Style {
  const radius = 11 + Math.min(11, 3.2 * Math.log10(count) + (text.length > 2 ? 3 : 0));
  return new Style({
    image: new Circle({ radius, fill: new Fill({ color: theme.card }), stroke: new Stroke({ color: theme.issue, width: 2 }), declutterMode: 'obstacle' }),
    text: new Text({ text, font: `650 12.5px ${theme.font}`, fill: new Fill({ color: theme.ink }), offsetY: 0.5, declutterMode: 'none' }),
    zIndex: count,
  });
}
