import { distance } from './position.ts';
import { signedArea } from './ring.ts';
import { ringsOf, type Sketch } from './sketch.ts';

/** Square metres, holes taken off. */
export function areaOf(sketch: Sketch): number {
  const rings = sketch.parts.flatMap((part) => ringsOf(part).map((ring, i) => (i ? -1 : 1) * Math.abs(signedArea(ring))));
  return Math.max(0, rings.reduce((sum, m2) => sum + m2, 0));
}

export interface Bounds { readonly west: number; readonly south: number; readonly east: number; readonly north: number }

export function boundsOf(sketch: Sketch): Bounds | null {
  const all = sketch.parts.flatMap((part) => ringsOf(part)[0]!);
  if (!all.length) return null;
  const [lons, lats] = [all.map(([lon]) => lon), all.map(([, lat]) => lat)];
  return { west: Math.min(...lons), south: Math.min(...lats), east: Math.max(...lons), north: Math.max(...lats) };
}

/** How far it reaches from west to east and from south to north, in metres. */
export function extentOf(sketch: Sketch): { width: number; height: number } {
  const box = boundsOf(sketch);
  if (!box) return { width: 0, height: 0 };
  const middle = (box.south + box.north) / 2;
  return {
    width: distance([box.west, middle], [box.east, middle]),
    height: distance([box.west, box.south], [box.west, box.north]),
  };
}
