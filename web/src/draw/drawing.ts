import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Fill, Stroke, Style } from 'ol/style.js';
import type { Position } from '../geo/position.ts';
import type { Ring } from '../geo/ring.ts';
import { cornersOf, ringsOf, sameCorner, type CornerAt, type Part, type Sketch } from '../geo/sketch.ts';
import { point } from '../map/chart.ts';
import { faint, onTheme, type Theme } from '../map/theme.ts';
import { middles, rim, type Project } from './handles.ts';

type Look = 'area' | 'line' | 'closing' | 'corner' | 'chosen' | 'middle' | 'first';

const line = (ring: readonly Position[]) => new LineString(ring.map(point));
const dot = (at: Position) => new Point(point(at));
const marked = (look: Look, geometry: Polygon | LineString | Point) => new Feature({ geometry, look });

/** The sketch as the map shows it, above all else. */
export class Drawing {
  readonly layer: VectorLayer;
  readonly #source = new VectorSource({ wrapX: false });

  constructor(island: HTMLElement) {
    this.layer = new VectorLayer({ source: this.#source, updateWhileInteracting: true, updateWhileAnimating: true, zIndex: 2 });
    onTheme(island, (theme) => {
      const looks = styles(theme);
      this.layer.setStyle((feature) => looks[feature.get('look') as Look]);
    });
  }

  show(sketch: Sketch, chosen: CornerAt | null, stroke: readonly Position[], project: Project): void {
    const features = sketch.parts.flatMap((part, i) => [...outline(part, i, sketch), ...handles(part, i, sketch, chosen)]);
    features.push(...middles(sketch, project).map(({ position }) => marked('middle', dot(position))));
    if (stroke.length > 1) features.push(marked('line', line(stroke)));
    this.#source.clear(true);
    this.#source.addFeatures(features);
  }
}

function outline(part: Part, index: number, { open }: Sketch): Feature[] {
  const rings = ringsOf(part);
  const grows = open?.part === index ? open.ring : -1;
  const whole = rings.filter((_, i) => i !== grows);
  const features = grows !== 0 ? [marked('area', new Polygon(whole.map(closed)))] : [];
  return grows < 0 ? features : [...features, ...growing(rings[grows]!, grows === 0)];
}

const closed = (ring: Ring) => [...ring, ring[0]!].map(point);

/** What is drawn so far, and by a broken line what would close it. */
function growing(ring: Ring, outside: boolean): Feature[] {
  const features = [marked('line', line(ring))];
  if (ring.length < 3) return features;
  const closing = marked('closing', line([ring.at(-1)!, ring[0]!]));
  return outside ? [marked('closing', new Polygon([closed(ring)])), ...features] : [...features, closing];
}

function handles(part: Part, index: number, { open }: Sketch, chosen: CornerAt | null): Feature[] {
  const corners = cornersOf(part).flatMap((ring, r) => ring.map((position, corner) => {
    const at = { part: index, ring: r, corner };
    const closes = open?.part === index && open.ring === r && corner === 0 && ring.length >= 3;
    return marked(sameCorner(at, chosen) ? 'chosen' : closes ? 'first' : 'corner', dot(position));
  }));
  return part.kind === 'circle' ? [...corners, marked('corner', dot(rim(part.centre, part.radius_m)))] : corners;
}

function styles(theme: Theme): Record<Look, Style[]> {
  const stroke = (color: string, width: number, lineDash: number[] = []) => new Stroke({ color, width, lineDash, lineJoin: 'round' });
  const halo = new Style({ stroke: stroke(theme.land, 7) });
  const fill = new Fill({ color: faint(theme.area, 0.2) });
  const round = (radius: number, inner: string, outer: string, width: number, zIndex: number) =>
    new Style({ image: new Circle({ radius, fill: new Fill({ color: inner }), stroke: stroke(outer, width) }), zIndex });
  return {
    area: [halo, new Style({ fill, stroke: stroke(theme.area, 3) })],
    line: [halo, new Style({ stroke: stroke(theme.area, 3), zIndex: 1 })],
    closing: [new Style({ fill: new Fill({ color: faint(theme.area, 0.12) }), stroke: stroke(theme.area, 2, [7, 7]) })],
    corner: [round(7, theme.card, theme.area, 3, 3)],
    first: [round(10, theme.area, theme.card, 3, 4)],
    chosen: [round(14, theme.ink, theme.card, 2, 5), round(10, theme.focus, theme.ink, 2, 6)],
    middle: [round(4.5, theme.area, theme.card, 1.5, 2)],
  };
}
