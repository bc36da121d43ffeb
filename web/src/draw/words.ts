import type { ChartWords } from '../map/chart.ts';
import type { Phrase, Plural, Say } from '../words.ts';
import { areaOf, extentOf } from '../geo/measure.ts';
import { openRing, cornersOf } from '../geo/sketch.ts';
import type { Flaw, Limits } from '../geo/flaw.ts';
import type { Board, Said, Tool } from './board.ts';
import { areaIn, lengthIn, METRES_PER_FOOT, type SizeWords, type Units } from './size.ts';

type Sentences<K extends string> = Record<K, Phrase>;

type Hint =
  | 'hint_start' | 'hint_corner' | 'hint_close' | 'hint_done' | 'hint_part' | 'hint_hole' | 'hint_chosen'
  | 'hint_freehand' | 'hint_circle' | 'hint_circle_set';

type Button = 'add_corner' | 'move_corner' | 'put_middle' | 'finish' | 'undo' | 'redo' | 'clear' | 'another_part' | 'cut_hole' | 'next_corner' | 'delete_corner';

/**
 * All that the drawing tool says. `map` is its map's name and tells its keys: arrows move, plus and
 * minus zoom, Enter adds a corner at the crosshair, Shift+Enter finishes, N and P choose corners,
 * arrows move a chosen one, Delete deletes it, Escape lets it go, Ctrl+Z undoes.
 */
export interface DrawWords extends ChartWords, SizeWords, Sentences<Hint | Button | Exclude<Said, 'said_chosen'>>, Sentences<`tool_${Tool}`> {
  /** The name of the group of tools. */
  tools: string;
  radius: string;
  /** The name of the slider, which says the same as the field. */
  radius_slider: string;
  /** Of the field for the radius: metres, or feet. */
  radius_unit: string;
  nothing: string;
  corners: Plural;
  parts: Plural;
  /** Gap `radius`. */
  circle: string;
  /** “{what}, about {area}” */
  sum: string;
  /** “{width} wide, {height} high” */
  extent: string;
  /** Gaps `count`, which corner, and `total`. */
  said_chosen: string;
  flaw_few: string;
  flaw_crosses: string;
  flaw_hole: string;
  flaw_overlap: string;
  flaw_small: string;
  /** Gap `limit`, an area. */
  flaw_large: string;
  /** `{count}` is how many are allowed. */
  flaw_corners: string | Plural;
  flaw_parts: string | Plural;
}

/** What to do now. */
export function hint({ sketch, tool, next, chosen, isEmpty }: Board): Hint {
  if (chosen) return 'hint_chosen';
  if (tool === 'freehand') return 'hint_freehand';
  if (next) return `hint_${next}`;
  if (tool === 'circle') return sketch.parts.some((part) => part.kind === 'circle') ? 'hint_circle_set' : 'hint_circle';
  if (isEmpty) return 'hint_start';
  const ring = openRing(sketch);
  if (!ring) return 'hint_done';
  return ring.length < 3 ? 'hint_corner' : 'hint_close';
}

/** “4 corners, about 0.2 km²”, and how far it reaches. */
export function sum(say: Say<DrawWords>, units: Units, { sketch }: Board): { size: string; extent: string } {
  const [first] = sketch.parts;
  if (!first) return { size: say('nothing'), extent: '' };
  const corners = say('corners', { count: sketch.parts.flatMap(cornersOf).reduce((total, ring) => total + ring.length, 0) });
  const several = sketch.parts.length > 1;
  const radius = first.kind === 'circle' ? lengthIn(say, units, first.radius_m) : '';
  const what = several ? say('parts', { count: sketch.parts.length }) : radius ? say('circle', { radius }) : corners;
  const m2 = areaOf(sketch);
  if (m2 < 1) return { size: what, extent: '' };
  const { width, height } = extentOf(sketch);
  return {
    size: say('sum', { what, area: areaIn(say, units, m2) }),
    extent: say('extent', { width: lengthIn(say, units, width), height: lengthIn(say, units, height) }),
  };
}

export function flawWords(say: Say<DrawWords>, units: Units, limits: Limits, flaw: Flaw | null): string {
  switch (flaw) {
    case null: return '';
    case 'large': return say('flaw_large', { limit: areaIn(say, units, limits.km2 * 1e6) });
    case 'corners': return say('flaw_corners', { count: limits.corners });
    case 'parts': return say('flaw_parts', { count: limits.parts });
    default: return say(`flaw_${flaw}`);
  }
}

/** A radius in the field's unit, and back. */
export const shown = (units: Units, metres: number): number => Math.round(units === 'us' ? metres / METRES_PER_FOOT : metres);
export const meant = (units: Units, value: number): number => Math.round(units === 'us' ? value * METRES_PER_FOOT : value);
