import { begun, did, redone, undone, type History } from './history.ts';
import { distance, rounded, same, type Position } from '../geo/position.ts';
import { loop, simplified, type Ring } from '../geo/ring.ts';
import * as sketches from '../geo/sketch.ts';
import type { CornerAt, Sketch } from '../geo/sketch.ts';

export type Tool = 'corners' | 'freehand' | 'circle';

/** What the next corner begins, where it does not go on with what is there. */
export type Next = 'part' | 'hole' | null;

/** What can be taken hold of. */
export type Handle =
  | { readonly kind: 'corner'; readonly at: CornerAt }
  | { readonly kind: 'middle'; readonly after: CornerAt; readonly position: Position }
  | { readonly kind: 'rim'; readonly part: number };

/** What has just happened, to be said. */
export type Said =
  | 'said_added' | 'said_moved' | 'said_inserted' | 'said_deleted' | 'said_closed' | 'said_circle' | 'said_stroke'
  | 'said_undone' | 'said_redone' | 'said_cleared' | 'said_chosen' | 'said_let_go' | 'said_part' | 'said_hole'
  | 'said_no_hole' | 'said_done' | 'said_drag';

/** A stroke of the hand keeps at most so many corners. */
const STROKE_CORNERS = 60;

/** What is drawn, with what, and what comes next. Knows nothing of maps and pages. */
export class Board {
  tool: Tool = 'corners';
  next: Next = null;
  chosen: CornerAt | null = null;
  /** What the next circle has. */
  #radius_m = 300;
  #history: History<Sketch>;
  /** What is seen while something is dragged; it counts once it is let go. */
  #held: Sketch | null = null;

  constructor(sketch: Sketch, readonly changed: (said: Said | null) => void) {
    this.#history = begun(sketch);
    if (sketch.parts.length === 1 && sketches.lastCircle(sketch) === 0) this.tool = 'circle';
  }

  /** Of the circle that the tool works on, or of the one to come. */
  get radius_m(): number {
    const circle = this.sketch.parts[sketches.lastCircle(this.sketch)];
    return circle?.kind === 'circle' ? circle.radius_m : this.#radius_m;
  }

  get sketch(): Sketch { return this.#held ?? this.#history.now; }
  get canUndo(): boolean { return this.#history.past.length > 0; }
  get canRedo(): boolean { return this.#history.future.length > 0; }
  get isEmpty(): boolean { return this.sketch.parts.length === 0; }

  /** Whether the next place that is pointed at does something. */
  get takesPlaces(): boolean {
    if (this.chosen || this.tool === 'circle') return true;
    return this.tool === 'corners' && (this.isEmpty || this.next !== null || this.sketch.open !== null);
  }

  /** The one way in: a click, a tap, the Enter key and the button under the crosshair all come here. */
  place(where: Position): void {
    const at = rounded(where);
    if (this.chosen) return this.#moveChosen(at);
    if (this.tool === 'freehand') return this.changed('said_drag');
    if (this.tool === 'circle') return this.#placeCircle(at);
    const now = this.sketch;
    if (now.open) return this.#do(sketches.addCorner(now, at), 'said_added');
    if (this.next === 'hole') return this.#doIf(sketches.openHole(now, at), 'said_added');
    if (this.next === 'part' || this.isEmpty) return this.#do(sketches.openPart(now, at), 'said_added');
    this.changed('said_done');
  }

  #moveChosen(at: Position): void {
    const moved = sketches.moveCorner(this.sketch, this.chosen!, at);
    this.chosen = null;
    this.#do(moved, 'said_moved');
  }

  #placeCircle(at: Position): void {
    const now = this.sketch;
    const circle = sketches.lastCircle(now);
    if (this.next === 'hole') return this.#doIf(sketches.addHole(now, sketches.circleRing(at, this.radius_m)), 'said_hole');
    if (circle >= 0 && this.next === null) {
      return this.#do(sketches.moveCorner(now, { part: circle, ring: 0, corner: 0 }, at), 'said_circle');
    }
    this.#do(sketches.addPart(now, { kind: 'circle', centre: at, radius_m: this.radius_m }), 'said_circle');
  }

  /** A corner is chosen, to be moved or deleted; the first one of a ring that grows closes it. */
  tap(handle: Handle): void {
    if (handle.kind === 'middle') return this.insert(handle.after, handle.position);
    if (handle.kind === 'rim') return;
    const { open } = this.sketch;
    const first = open && sketches.sameCorner({ ...open, corner: 0 }, handle.at);
    if (first && !this.chosen && sketches.ringAt(this.sketch, open).length >= 3) return void this.finish();
    this.choose(sketches.sameCorner(this.chosen, handle.at) ? null : handle.at);
  }

  choose(corner: CornerAt | null): void {
    if (corner === this.chosen) return;
    this.chosen = corner;
    this.changed(corner ? 'said_chosen' : 'said_let_go');
  }

  /** The next corner of all, or the one before. */
  chooseNext(step: 1 | -1): void {
    const all = sketches.allCorners(this.sketch);
    if (!all.length) return;
    const now = all.findIndex((one) => sketches.sameCorner(one, this.chosen));
    this.choose(all.at((now < 0 && step < 0 ? 0 : now) + step) ?? all[0]!);
  }

  /** A chosen corner by a small step; many small steps are undone as one. */
  nudge(to: Position): void {
    if (this.chosen) this.#do(sketches.moveCorner(this.sketch, this.chosen, rounded(to)), 'said_moved', 'nudge');
  }

  insert(after: CornerAt, at: Position): void {
    this.chosen = { ...after, corner: after.corner + 1 };
    this.#do(sketches.insertCorner(this.sketch, after, rounded(at)), 'said_inserted');
  }

  deleteChosen(): void {
    if (!this.chosen) return;
    const less = sketches.deleteCorner(this.sketch, this.chosen);
    this.chosen = null;
    this.#do(less, 'said_deleted');
  }

  /** Closes what grows; `false` where it has too few corners for that. */
  finish(): boolean {
    const { sketch } = this;
    if (!sketch.open) return true;
    const closed = sketches.finish(sketch);
    if (closed.open) return false;
    this.#do(closed, 'said_closed');
    return true;
  }

  setTool(tool: Tool): void {
    this.tool = tool;
    this.chosen = null;
    this.#close();
    this.changed(null);
  }

  /** The next place begins a part or a hole. */
  begin(next: 'part' | 'hole'): void {
    this.#close();
    this.chosen = null;
    this.next = next;
    this.changed(next === 'part' ? 'said_part' : 'said_hole');
  }

  setRadius(radius_m: number): void {
    this.#radius_m = radius_m;
    const circle = sketches.lastCircle(this.sketch);
    if (circle < 0) return this.changed(null);
    this.#do(sketches.setRadius(this.sketch, circle, radius_m), null, 'radius');
  }

  /** A line drawn in one go becomes a part, or a hole; from then on it has corners like any other. */
  stroke(line: readonly Position[], tolerance_m: number): void {
    const ring: Ring = simplified(loop(line), tolerance_m, STROKE_CORNERS).map(rounded);
    if (ring.length < 3) return this.changed('said_drag');
    const now = this.sketch;
    const drawn = this.next === 'hole' ? sketches.addHole(now, ring) : sketches.addPart(now, { kind: 'polygon', rings: [ring] });
    if (drawn) this.tool = 'corners';
    this.#doIf(drawn, 'said_stroke');
  }

  /** What the sketch is while a handle is at this place. */
  hold(handle: Handle, at: Position): void {
    this.#held = this.#moved(this.#history.now, handle, rounded(at));
    this.changed(null);
  }

  /** Lets go of what is held; it stays where it is, or goes back. */
  release(keep: boolean): void {
    const held = this.#held;
    this.#held = null;
    if (held && keep) this.#do(held, 'said_moved');
    else this.changed(null);
  }

  #moved(sketch: Sketch, handle: Handle, at: Position): Sketch {
    if (handle.kind === 'corner') return sketches.moveCorner(sketch, handle.at, at);
    if (handle.kind === 'middle') return sketches.insertCorner(sketch, handle.after, at);
    const circle = sketch.parts[handle.part]!;
    if (circle.kind !== 'circle') return sketch;
    return sketches.setRadius(sketch, handle.part, Math.max(1, Math.round(distance(circle.centre, at))));
  }

  clear(): void {
    this.next = null;
    this.chosen = null;
    this.#do(sketches.EMPTY, 'said_cleared');
  }

  undo(): void { this.#go(undone(this.#history), 'said_undone'); }
  redo(): void { this.#go(redone(this.#history), 'said_redone'); }

  #go(history: History<Sketch> | null, said: Said): void {
    if (!history) return;
    this.#history = history;
    this.chosen = null;
    this.next = null;
    this.changed(said);
  }

  /** Ends what still grows: closed where it can be, dropped where it is a point or a line. */
  #close(): void {
    const { open } = this.#history.now;
    if (!open) return;
    let closed = sketches.finish(this.#history.now);
    while (closed.open) closed = sketches.deleteCorner(closed, { ...open, corner: 0 });
    this.#history = did(this.#history, closed);
  }

  #doIf(sketch: Sketch | null, said: Said): void {
    if (sketch) this.#do(sketch, said);
    else this.changed('said_no_hole');
  }

  #do(sketch: Sketch, said: Said | null, step: string | null = null): void {
    if (sketch === this.#history.now) return this.changed(said);
    this.next = null;
    this.#history = did(this.#history, sketch, step);
    this.changed(said);
  }
}

/** Where on the map lies this corner. */
export const cornerPosition = (sketch: Sketch, at: CornerAt): Position => sketches.ringAt(sketch, at)[at.corner]!;

/** Whether a line ends here already, so that a pen at rest adds nothing. */
export const stands = (line: readonly Position[], at: Position): boolean => line.length > 0 && same(line.at(-1)!, at);
