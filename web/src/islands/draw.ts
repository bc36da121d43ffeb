/**
 * Draw an area: corners, freehand, a circle; several parts, holes; by mouse, finger or keys.
 *
 * ```html
 * <form data-draw-form …>
 *   <div data-island="draw" data-bounds="w,s,e,n" data-wards="/api/v1/boundaries/wards"
 *        data-issues="/api/v1/issues.geojson" data-units="metric|us"
 *        data-max-corners="500" data-max-parts="20" data-max-km2="500"
 *        data-basemap="xyz|pmtiles" data-basemap-url="…" data-basemap-attribution="…">
 *     what those without JavaScript see
 *   </div>
 *   <script type="application/json" data-words="draw">{ DrawWords }</script>
 *   <input type="hidden" name="area" value="GeoJSON, where there is an area already">
 * </form>
 * ```
 *
 * All but `data-bounds` may be left out. The form may also stand elsewhere on the page.
 *
 * Fills `area`, firing `change` on it, with a Feature (a Point with `properties.radius_m`) for a
 * circle alone, else a Polygon or MultiPolygon; with nothing while what is drawn has a flaw. When the
 * form is sent with a flaw, and its `target` (if it has one) is `area`, it is held back and the flaw
 * is said. When a field `lon` or `lat` of the form changes, the map goes there.
 * Marks the island with `data-ready` once the map is painted.
 */
import { setField } from '../dom.ts';
import { Board, cornerPosition, stands, type Handle } from '../draw/board.ts';
import { Drawing } from '../draw/drawing.ts';
import { handleAt, type Pixel, type Project } from '../draw/handles.ts';
import { Panel } from '../draw/panel.ts';
import { Pen, pixelOf, type Hand } from '../draw/pen.ts';
import type { DrawWords } from '../draw/words.ts';
import { finalFlaw, flaw, type Limits } from '../geo/flaw.ts';
import { fromGeoJson, toGeoJson } from '../geo/geojson.ts';
import { boundsOf } from '../geo/measure.ts';
import type { Position } from '../geo/position.ts';
import { allCorners, EMPTY, sameCorner } from '../geo/sketch.ts';
import { crosshair, makeChart, middle, place, point, showBounds, showChart, type Chart } from '../map/chart.ts';
import { followFields } from '../map/fields.ts';
import { issueLayer } from '../map/issues.ts';
import { wardLayers } from '../map/wards.ts';
import { wordsOf } from '../words.ts';
import '../draw/draw.css';

export type { DrawWords } from '../draw/words.ts';

/** How near a pointer must come to a handle, in pixels. */
const REACH = { mouse: 13, touch: 24 };
/** How far an arrow key moves a corner, in pixels; with Shift, a hair. */
const NUDGE = { usual: 10, fine: 1 };

export function start(island: HTMLElement): void {
  new Draw(island);
}

class Draw implements Hand {
  readonly #chart: Chart;
  readonly #drawing: Drawing;
  readonly #panel: Panel;
  readonly #pen = new Pen(this);
  readonly #board: Board;
  readonly #limits: Limits;
  readonly #form: HTMLFormElement | null;
  readonly #say;
  #grip: Handle | 'stroke' | null = null;
  #stroke: Position[] = [];
  #touch = false;

  constructor(readonly island: HTMLElement) {
    const { maxCorners = 500, maxParts = 20, maxKm2 = 500, units } = island.dataset;
    this.#limits = { corners: Number(maxCorners), parts: Number(maxParts), km2: Number(maxKm2) };
    this.#form = island.closest('form') ?? document.querySelector('form[data-draw-form]');
    this.#say = wordsOf<DrawWords>(island);
    const begun = fromGeoJson(this.#field?.value ?? '');
    this.#board = new Board(begun ?? EMPTY, (said) => this.#changed(said));
    this.#chart = makeChart(island, this.#say, true);
    this.#panel = new Panel(this.#board, this.#say, units === 'us' ? 'us' : 'metric', this.#limits, { placeHere: () => this.#board.place(middle(this.#chart.map)) });
    this.#drawing = new Drawing(island);
    this.#layOut();
    this.#listen();
    const bounds = begun && boundsOf(begun);
    if (bounds) showBounds(this.#chart.map, bounds);
    this.#show('');
  }

  get #field(): HTMLInputElement | null {
    return this.#form?.querySelector<HTMLInputElement>('[name=area]') ?? null;
  }

  #layOut(): void {
    const { map, frame } = this.#chart;
    const { below, above } = wardLayers(this.island);
    for (const layer of [...below, ...issueLayer(this.island, map), ...above, this.#drawing.layer]) map.addLayer(layer);
    map.addInteraction(this.#pen);
    frame.append(crosshair());
    const { tools, hint, radius, acts, said, more } = this.#panel;
    const box = document.createElement('div');
    box.className = 'draw';
    // What changes its height stands behind the map, which would move beneath a finger.
    box.append(tools, frame, hint, radius, acts, said, more);
    showChart(this.island, this.#chart, box);
  }

  #listen(): void {
    const { map, target } = this.#chart;
    map.on('click', (event) => {
      if (this.#pen.pinched) return;
      this.#touch = (event.originalEvent as PointerEvent).pointerType === 'touch';
      const handle = this.#handleAt(pixelOf(event));
      if (handle && handle.kind !== 'rim') this.#board.tap(handle);
      else this.#board.place(place(event.coordinate));
    });
    map.on('pointermove', (event) => {
      if (!event.dragging) target.style.cursor = this.#handleAt(pixelOf(event)) ? 'grab' : this.#board.takesPlaces || this.#board.tool === 'freehand' ? 'crosshair' : '';
    });
    map.getView().on('change:resolution', () => this.#paint());
    // Before the map's own keys, which would move it.
    target.addEventListener('keydown', (event) => this.#key(event), { capture: true });
    this.#form?.addEventListener('submit', (event) => this.#hold(event));
    followFields(this.#form, map);
  }

  get #project(): Project {
    return (position) => this.#chart.map.getPixelFromCoordinate(point(position)) as unknown as Pixel ?? [-1e4, -1e4];
  }

  #handleAt(pixel: Pixel): Handle | null {
    if (this.#board.tool === 'freehand') return null;
    return handleAt(this.#board.sketch, this.#project, pixel, this.#touch ? REACH.touch : REACH.mouse);
  }

  grab(pixel: Pixel, touch: boolean): boolean {
    this.#touch = touch;
    this.#grip = this.#board.tool === 'freehand' ? 'stroke' : this.#handleAt(pixel);
    return this.#grip !== null;
  }

  drag(pixel: Pixel): void {
    const at = place(this.#chart.map.getCoordinateFromPixel([...pixel]));
    if (this.#grip === 'stroke') {
      if (!stands(this.#stroke, at)) this.#stroke.push(at);
      this.#paint();
    } else if (this.#grip) this.#board.hold(this.#grip, at);
  }

  release(keep: boolean): void {
    const [grip, stroke] = [this.#grip, this.#stroke];
    this.#grip = null;
    this.#stroke = [];
    if (grip !== 'stroke') return this.#board.release(keep);
    // What lies within two pixels of the line is the hand's, not the drawer's.
    if (keep) this.#board.stroke(stroke, this.#metresPerPixel * 2);
    else this.#paint();
  }

  get #metresPerPixel(): number {
    const [, lat] = middle(this.#chart.map);
    return this.#chart.map.getView().getResolution()! * Math.cos((lat * Math.PI) / 180);
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#chart.target || event.altKey) return;
    const act = this.#actOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  #actOf(event: KeyboardEvent): (() => void) | null {
    const board = this.#board;
    const { key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === 'z') return () => (shiftKey ? board.redo() : board.undo());
      return key.toLowerCase() === 'y' ? () => board.redo() : null;
    }
    const step = STEPS[key];
    if (board.chosen && step) return () => this.#nudge(step, shiftKey ? NUDGE.fine : NUDGE.usual);
    switch (key) {
      case 'Enter': return () => (shiftKey ? this.#panel.finish() : board.place(middle(this.#chart.map)));
      case 'Delete': case 'Backspace': return () => (board.chosen ? board.deleteChosen() : board.undo());
      case 'n': case 'N': return () => board.chooseNext(1);
      case 'p': case 'P': return () => board.chooseNext(-1);
      case 'Escape': return board.chosen ? () => board.choose(null) : null;
      default: return null;
    }
  }

  #nudge([right, down]: readonly [number, number], pixels: number): void {
    const { map } = this.#chart;
    const [x, y] = this.#project(cornerPosition(this.#board.sketch, this.#board.chosen!));
    this.#board.nudge(place(map.getCoordinateFromPixel([x + right * pixels, y + down * pixels])));
  }

  /** A form with a flawed area is not sent: the server would only say the same, a page later. */
  #hold(event: SubmitEvent): void {
    const target = this.#form!.elements.namedItem('target');
    const wanted = !(target instanceof RadioNodeList) || target.value === 'area';
    const found = this.#board.isEmpty ? null : finalFlaw(this.#board.sketch, this.#limits);
    if (!wanted || !found) return;
    event.preventDefault();
    this.#panel.sayFlaw(found);
    this.#panel.focusFlaw();
  }

  #changed(said: Parameters<Board['changed']>[0]): void {
    if (!this.#panel) return;
    this.#show(said ? this.#announcement(said) : '');
    const { sketch, chosen } = this.#board;
    if (this.#grip) return;
    setField(this.#field, finalFlaw(sketch, this.#limits) ? '' : toGeoJson(sketch));
    if (said === 'said_chosen' && chosen) this.#reveal(cornerPosition(sketch, chosen));
  }

  #announcement(said: NonNullable<Parameters<Board['changed']>[0]>): string {
    if (said !== 'said_chosen') return this.#say(said);
    const all = allCorners(this.#board.sketch);
    const count = all.findIndex((one) => sameCorner(one, this.#board.chosen)) + 1;
    return this.#say('said_chosen', { count, total: all.length });
  }

  /** A chosen corner that lies out of sight, or under the crosshair's edge, comes into it. */
  #reveal(position: Position): void {
    const { map } = this.#chart;
    const [x, y] = this.#project(position);
    const [width = 0, height = 0] = map.getSize() ?? [];
    const inside = x > 30 && y > 30 && x < width - 30 && y < height - 30;
    if (!inside) map.getView().setCenter(point(position));
  }

  #show(announcement: string): void {
    this.#panel.show(flaw(this.#board.sketch, this.#limits), announcement);
    this.#chart.frame.classList.toggle('no-cross', !this.#board.takesPlaces);
    this.#paint();
  }

  #paint(): void {
    this.#drawing.show(this.#board.sketch, this.#board.chosen, this.#stroke, this.#project);
  }
}

const STEPS: Record<string, readonly [number, number] | undefined> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
