import type { Handle } from './board.ts';
import { away, type Position } from '../geo/position.ts';
import { allCorners, cornersOf, ringAt, type CornerAt, type Sketch } from '../geo/sketch.ts';

export type Pixel = readonly [x: number, y: number];
export type Project = (position: Position) => Pixel;

export interface Middle { readonly after: CornerAt; readonly position: Position }

/** On shorter edges there is no room for a handle between the corners. */
const EDGE_PX = 52;

const apart = (a: Pixel, b: Pixel) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The middles of edges that can be dragged to a new corner. A ring that grows has none. */
export function middles(sketch: Sketch, project: Project): Middle[] {
  return sketch.parts.flatMap((shape, part) => {
    if (shape.kind === 'circle') return [];
    return cornersOf(shape).flatMap((corners, ring) => {
      if (sketch.open?.part === part && sketch.open.ring === ring) return [];
      return corners.flatMap((a, corner): Middle[] => {
        const b = corners[(corner + 1) % corners.length]!;
        if (apart(project(a), project(b)) < EDGE_PX) return [];
        return [{ after: { part, ring, corner }, position: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] }];
      });
    });
  });
}

/** Where the handle on a circle's rim is: due east. */
export const rim = (centre: Position, radius_m: number): Position => away(centre, Math.PI / 2, radius_m);

/** What lies within `reach` of a pixel: the nearest corner, else the nearest middle, else a rim. */
export function handleAt(sketch: Sketch, project: Project, pixel: Pixel, reach: number): Handle | null {
  const corners = allCorners(sketch).map((at) => ({ handle: { kind: 'corner', at } as const, position: ringAt(sketch, at)[at.corner]! }));
  const between = middles(sketch, project).map((one) => ({ handle: { kind: 'middle', ...one } as const, position: one.position }));
  return nearest(corners, project, pixel, reach) ?? nearest(between, project, pixel, reach * 0.8) ?? rimAt(sketch, project, pixel, reach);
}

function nearest(all: { handle: Handle; position: Position }[], project: Project, pixel: Pixel, reach: number): Handle | null {
  let best: Handle | null = null;
  let least = reach;
  for (const { handle, position } of all) {
    const far = apart(project(position), pixel);
    if (far <= least) [best, least] = [handle, far];
  }
  return best;
}

/** Anywhere on a circle's line it can be drawn wider. */
function rimAt(sketch: Sketch, project: Project, pixel: Pixel, reach: number): Handle | null {
  const part = sketch.parts.findIndex((one) => {
    if (one.kind !== 'circle') return false;
    const middle = project(one.centre);
    const radius = apart(middle, project(rim(one.centre, one.radius_m)));
    return Math.abs(apart(middle, pixel) - radius) <= reach * 0.7;
  });
  return part < 0 ? null : { kind: 'rim', part };
}
