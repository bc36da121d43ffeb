import PointerInteraction from 'ol/interaction/Pointer.js';
import type MapBrowserEvent from 'ol/MapBrowserEvent.js';
import type { Pixel } from './handles.ts';

/** What a pointer does on the map; `false` from `grab` leaves it to the map. */
export interface Hand {
  grab(pixel: Pixel, touch: boolean): boolean;
  drag(pixel: Pixel): void;
  release(keep: boolean): void;
}

/**
 * One pointer draws and moves corners. As soon as a second finger comes it is a pinch: what the first
 * one did is taken back, and the map has them both.
 */
export class Pen extends PointerInteraction {
  #moved = false;
  #pinched = false;

  constructor(readonly hand: Hand) { super(); }

  override handleEvent(event: MapBrowserEvent): boolean {
    const fingers = event.activePointers?.length ?? 0;
    if (event.type === 'pointerdown') this.#pinched = fingers > 1;
    if (this.handlingDownUpSequence && fingers > 1) {
      this.handlingDownUpSequence = false;
      this.hand.release(false);
    }
    return super.handleEvent(event);
  }

  /** Whether a click was in truth the end of a pinch. */
  get pinched(): boolean { return this.#pinched; }

  override handleDownEvent(event: MapBrowserEvent): boolean {
    this.#moved = false;
    const pointer = event.originalEvent as PointerEvent;
    if (this.getPointerCount() !== 1 || pointer.button > 0) return false;
    return this.hand.grab(pixelOf(event), pointer.pointerType === 'touch');
  }

  override handleDragEvent(event: MapBrowserEvent): void {
    this.#moved = true;
    this.hand.drag(pixelOf(event));
  }

  override handleUpEvent(): boolean {
    this.hand.release(this.#moved);
    return false;
  }
}

export const pixelOf = (event: MapBrowserEvent): Pixel => [event.pixel[0]!, event.pixel[1]!];
