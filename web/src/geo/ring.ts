import { EARTH_M, flat, type Position } from './position.ts';

/** The corners of a ring, in order; the first is not repeated at the end. */
export type Ring = readonly Position[];

type Edge = readonly [Position, Position];

/** Square metres on the mean sphere; positive when the corners go anticlockwise. */
export function signedArea(ring: Ring): number {
  let sum = 0;
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!;
    const radian = Math.PI / 180;
    sum += (b[0] - a[0]) * radian * (2 + Math.sin(a[1] * radian) + Math.sin(b[1] * radian));
  });
  return (-sum * EARTH_M ** 2) / 2;
}

export function edges(ring: Ring, closed: boolean): Edge[] {
  const all = ring.map((corner, i): Edge => [corner, ring[(i + 1) % ring.length]!]);
  return closed ? all : all.slice(0, -1);
}

/** Twice the area of a triangle; its sign says to which side of `a`–`b` lies `c`. */
const side = (a: Position, b: Position, c: Position) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const within = (a: Position, b: Position, c: Position) =>
  Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);

/** Whether two edges have any point in common. */
function meet([a, b]: Edge, [c, d]: Edge): boolean {
  const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (Math.sign(abc) * Math.sign(abd) < 0 && Math.sign(cda) * Math.sign(cdb) < 0) return true;
  return (abc === 0 && within(a, b, c)) || (abd === 0 && within(a, b, d)) || (cda === 0 && within(c, d, a)) || (cdb === 0 && within(c, d, b));
}

/** Whether an edge runs back over the one before it. */
const turnsBack = ([a, b]: Edge, [, c]: Edge) =>
  side(a, b, c) === 0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) <= 0;

/** Whether a ring, or the open line of one that is being drawn, crosses or touches itself. */
export function crosses(ring: Ring, closed: boolean): boolean {
  const all = edges(ring, closed);
  const neighbours = (i: number, j: number) => j === i + 1 || (closed && i === 0 && j === all.length - 1);
  return all.some((edge, i) =>
    all.some((other, j) => {
      if (j <= i) return false;
      if (!neighbours(i, j)) return meet(edge, other);
      return j === i + 1 ? turnsBack(edge, other) : turnsBack(other, edge);
    }),
  );
}

/** Whether the lines of two rings meet; `closed` is of the second. */
export const ringsMeet = (a: Ring, b: Ring, closed: boolean): boolean =>
  edges(a, true).some((edge) => edges(b, closed).some((other) => meet(edge, other)));

/** By even and odd crossings; what lies on the line itself is not asked. */
export function contains(ring: Ring, [lon, lat]: Position): boolean {
  let inside = false;
  for (const [a, b] of edges(ring, true)) {
    const between = a[1] > lat !== b[1] > lat;
    if (between && lon < ((b[0] - a[0]) * (lat - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

/** Where two edges cross, if they do so in their insides. */
function crossing([a, b]: Edge, [c, d]: Edge): Position | null {
  const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (Math.sign(abc) * Math.sign(abd) >= 0 || Math.sign(cda) * Math.sign(cdb) >= 0) return null;
  const part = cda / (cda - cdb);
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}

/** How near a stroke must come to its beginning again to end there, as a part of its own reach. */
const MEETS = 0.08;

/** The stroke up to where it comes back to its beginning, if it does so in its second half. */
function untilBack(stroke: Ring): Ring {
  const [first] = stroke;
  if (!first) return stroke;
  const far = stroke.map((one) => Math.hypot(...flat(first, one)));
  const half = Math.floor(stroke.length / 2);
  const back = far.reduce((best, metres, i) => (i >= half && metres < far[best]! ? i : best), stroke.length - 1);
  return far[back]! < Math.max(...far) * MEETS ? stroke.slice(0, back + 1) : stroke;
}

/**
 * A hand that draws a loop ends beyond its beginning: what it draws after it is back is cut, and so
 * are the tails behind the widest crossing.
 */
export function loop(line: Ring): Ring {
  const stroke = untilBack(line);
  const all = edges(stroke, false);
  for (let span = all.length - 1; span > all.length / 2; span--) {
    for (let i = 0; i + span < all.length; i++) {
      const at = crossing(all[i]!, all[i + span]!);
      if (at) return [at, ...stroke.slice(i + 1, i + span + 1)];
    }
  }
  return stroke;
}

interface Span { from: number; to: number; furthest: number; metres: number }

/** How far a point of the stretch lies from the chord over it. */
function span(points: readonly (readonly [number, number])[], from: number, to: number): Span {
  const [a, b] = [points[from]!, points[to % points.length]!];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const best: Span = { from, to, furthest: from, metres: -1 };
  for (let i = from + 1; i < to; i++) {
    const [x, y] = [points[i]![0] - a[0], points[i]![1] - a[1]];
    const metres = length ? Math.abs((b[0] - a[0]) * y - (b[1] - a[1]) * x) / length : Math.hypot(x, y);
    if (metres > best.metres) Object.assign(best, { furthest: i, metres });
  }
  return best;
}

/**
 * The ring by fewer corners, as Douglas and Peucker have it, but always where it is furthest off
 * first: it ends when all is within `tolerance` metres, or at `most` corners.
 */
export function simplified(ring: Ring, tolerance: number, most: number): Ring {
  if (ring.length <= 3) return ring;
  const points = ring.map((corner) => flat(ring[0]!, corner));
  const kept = new Set([0]);
  const spans = [span(points, 0, points.length)];
  while (kept.size < most) {
    const worst = spans.reduce((a, b) => (b.metres > a.metres ? b : a));
    // Three corners are the least that make an area.
    if (worst.metres < 0 || (worst.metres <= tolerance && kept.size >= 3)) break;
    kept.add(worst.furthest);
    spans.splice(spans.indexOf(worst), 1, span(points, worst.from, worst.furthest), span(points, worst.furthest, worst.to));
  }
  return ring.filter((_, i) => kept.has(i));
}
