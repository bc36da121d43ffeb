import { areaOf } from './measure.ts';
import { contains, crosses, ringsMeet, type Ring } from './ring.ts';
import { cornersOf, ringsOf, type Part, type RingAt, type Sketch } from './sketch.ts';

export interface Limits { readonly corners: number; readonly parts: number; readonly km2: number }

/** Why an area cannot be watched. */
export type Flaw = 'few' | 'crosses' | 'hole' | 'overlap' | 'small' | 'large' | 'corners' | 'parts';

/** Less is a slip of the hand: about a house and its yard. */
export const LEAST_M2 = 1_000;

/**
 * The first flaw of what has been drawn so far. A ring that still grows is judged by the lines it
 * has, without the one that would close it: it is told nothing that the next corner may mend.
 */
export function flaw(sketch: Sketch, limits: Limits): Flaw | null {
  const corners = sketch.parts.flatMap(cornersOf).reduce((sum, ring) => sum + ring.length, 0);
  if (sketch.parts.length > limits.parts) return 'parts';
  if (corners > limits.corners) return 'corners';
  const wrong = sketch.parts.map((part, i) => partFlaw(part, i, sketch.open)).find((found) => found);
  if (wrong) return wrong;
  if (overlap(sketch)) return 'overlap';
  const m2 = areaOf(sketch);
  if (m2 > limits.km2 * 1e6) return 'large';
  return !sketch.open && sketch.parts.length && m2 < LEAST_M2 ? 'small' : null;
}

/** The flaw that would be found if all were finished now. */
export function finalFlaw(sketch: Sketch, limits: Limits): Flaw | null {
  const few = sketch.parts.some((part) => part.kind === 'polygon' && part.rings.some((ring) => ring.length < 3));
  return few ? 'few' : flaw({ ...sketch, open: null }, limits);
}

function partFlaw(part: Part, index: number, open: RingAt | null): Flaw | null {
  if (part.kind === 'circle') return null;
  const closed = (ring: number) => !(open?.part === index && open.ring === ring);
  if (part.rings.some((ring, i) => crosses(ring, closed(i)))) return 'crosses';
  const [outside, ...holes] = part.rings as [Ring, ...Ring[]];
  const astray = holes.some((hole, i) => {
    const others = holes.filter((_, j) => j < i);
    return (
      !contains(outside, hole[0]!) || ringsMeet(outside, hole, closed(i + 1)) ||
      others.some((other) => ringsMeet(other, hole, closed(i + 1)) || contains(other, hole[0]!) || contains(hole, other[0]!))
    );
  });
  return astray ? 'hole' : null;
}

/** Parts that lie over each other make no valid MultiPolygon; one within the hole of another does. */
function overlap({ parts, open }: Sketch): boolean {
  const whole = parts.filter((_, i) => !(open?.part === i && open.ring === 0)).map(ringsOf);
  return whole.some((rings, i) => whole.some((others, j) => j > i && overlays(rings, others)));
}

function overlays(a: readonly Ring[], b: readonly Ring[]): boolean {
  const inside = (rings: readonly Ring[], other: readonly Ring[]) =>
    rings.filter((ring) => contains(ring, other[0]![0]!)).length === 1;
  return a.some((ring) => b.some((other) => ringsMeet(ring, other, true))) || inside(a, b) || inside(b, a);
}
