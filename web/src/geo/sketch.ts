import { away, rounded, same, type Position } from './position.ts';
import { contains, type Ring } from './ring.ts';

/** A part of an area: rings of which the first is the outside and the others are holes, or a circle. */
export type Part =
  | { readonly kind: 'polygon'; readonly rings: readonly Ring[] }
  | { readonly kind: 'circle'; readonly centre: Position; readonly radius_m: number };

export interface RingAt { readonly part: number; readonly ring: number }

/** A corner; of a circle the corner 0 of ring 0 is its middle. */
export interface CornerAt extends RingAt { readonly corner: number }

/** What has been drawn: plain data, never changed in place, so that undo is a stack of these. */
export interface Sketch {
  readonly parts: readonly Part[];
  /** The ring that still grows, if one does. */
  readonly open: RingAt | null;
}

export const EMPTY: Sketch = { parts: [], open: null };

/** How many corners a circle has where only polygons are understood. */
const CIRCLE_CORNERS = 64;

export const circleRing = (centre: Position, radius_m: number): Ring =>
  Array.from({ length: CIRCLE_CORNERS }, (_, i) => rounded(away(centre, (-2 * Math.PI * i) / CIRCLE_CORNERS, radius_m)));

export const ringsOf = (part: Part): readonly Ring[] =>
  part.kind === 'polygon' ? part.rings : [circleRing(part.centre, part.radius_m)];

export const cornersOf = (part: Part): readonly Ring[] => (part.kind === 'polygon' ? part.rings : [[part.centre]]);

export const ringAt = (sketch: Sketch, at: RingAt): Ring => cornersOf(sketch.parts[at.part]!)[at.ring]!;

export const openRing = (sketch: Sketch): Ring | null => (sketch.open ? ringAt(sketch, sketch.open) : null);

const withPart = (sketch: Sketch, part: number, next: Part): Sketch => ({ ...sketch, parts: sketch.parts.with(part, next) });

function withRing(sketch: Sketch, at: RingAt, ring: Ring): Sketch {
  const part = sketch.parts[at.part]!;
  return part.kind === 'polygon' ? withPart(sketch, at.part, { kind: 'polygon', rings: part.rings.with(at.ring, ring) }) : sketch;
}

/** One more part, its only corner the first of many. */
export const openPart = (sketch: Sketch, at: Position): Sketch => ({
  parts: [...sketch.parts, { kind: 'polygon', rings: [[at]] }],
  open: { part: sketch.parts.length, ring: 0 },
});

/** The part that holds this place, outside of its holes. */
export const partUnder = (sketch: Sketch, at: Position): number =>
  sketch.parts.findIndex((part) => ringsOf(part).filter((ring) => contains(ring, at)).length === 1);

/** A hole that begins here; none where no part is. A circle becomes a polygon by it. */
export function openHole(sketch: Sketch, at: Position): Sketch | null {
  const holed = addHole(sketch, [at]);
  if (!holed) return null;
  const part = partUnder(sketch, at);
  return { ...holed, open: { part, ring: cornersOf(holed.parts[part]!).length - 1 } };
}

export function addHole(sketch: Sketch, hole: Ring): Sketch | null {
  const part = partUnder(sketch, hole[0]!);
  if (part < 0) return null;
  return withPart(sketch, part, { kind: 'polygon', rings: [...ringsOf(sketch.parts[part]!), hole] });
}

export const addPart = (sketch: Sketch, part: Part): Sketch => ({ ...sketch, parts: [...sketch.parts, part] });

/** The open ring with one more corner; one on top of the last adds nothing. */
export function addCorner(sketch: Sketch, at: Position): Sketch {
  const ring = openRing(sketch);
  if (!sketch.open || !ring || same(ring.at(-1)!, at)) return sketch;
  return withRing(sketch, sketch.open, [...ring, at]);
}

/** Closes the open ring, if it has enough corners for that. */
export const finish = (sketch: Sketch): Sketch => ((openRing(sketch)?.length ?? 0) >= 3 ? { ...sketch, open: null } : sketch);

export function moveCorner(sketch: Sketch, at: CornerAt, to: Position): Sketch {
  const part = sketch.parts[at.part]!;
  if (part.kind === 'circle') return withPart(sketch, at.part, { ...part, centre: to });
  return withRing(sketch, at, ringAt(sketch, at).with(at.corner, to));
}

/** A new corner behind the one named. */
export const insertCorner = (sketch: Sketch, after: CornerAt, at: Position): Sketch =>
  withRing(sketch, after, ringAt(sketch, after).toSpliced(after.corner + 1, 0, at));

/** Without this corner; without its hole or its part, where too few would be left for one. */
export function deleteCorner(sketch: Sketch, at: CornerAt): Sketch {
  const ring = ringAt(sketch, at);
  const grows = sketch.open?.part === at.part && sketch.open.ring === at.ring;
  if (ring.length > 3 || (grows && ring.length > 1)) return withRing(sketch, at, ring.toSpliced(at.corner, 1));
  return deleteRing(sketch, at);
}

function deleteRing(sketch: Sketch, at: RingAt): Sketch {
  const part = sketch.parts[at.part]!;
  const here = sketch.open?.part === at.part;
  if (part.kind === 'polygon' && at.ring > 0) {
    const open = here && sketch.open!.ring === at.ring ? null : sketch.open;
    return { parts: sketch.parts.with(at.part, { kind: 'polygon', rings: part.rings.toSpliced(at.ring, 1) }), open };
  }
  const open = !sketch.open || here ? null : { ...sketch.open, part: sketch.open.part - (sketch.open.part > at.part ? 1 : 0) };
  return { parts: sketch.parts.toSpliced(at.part, 1), open };
}

export function setRadius(sketch: Sketch, part: number, radius_m: number): Sketch {
  const circle = sketch.parts[part];
  return circle?.kind === 'circle' ? withPart(sketch, part, { ...circle, radius_m }) : sketch;
}

/** The last circle, which the tool for circles works on; -1 without one. */
export const lastCircle = (sketch: Sketch): number => sketch.parts.findLastIndex((part) => part.kind === 'circle');

/** Every corner in the order in which it is chosen, one after the other. */
export const allCorners = (sketch: Sketch): CornerAt[] =>
  sketch.parts.flatMap((p, part) => cornersOf(p).flatMap((r, ring) => r.map((_, corner) => ({ part, ring, corner }))));

export const sameCorner = (a: CornerAt | null, b: CornerAt | null): boolean =>
  a === b || (!!a && !!b && a.part === b.part && a.ring === b.ring && a.corner === b.corner);
