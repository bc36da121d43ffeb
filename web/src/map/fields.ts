import type OlMap from 'ol/Map.js';
import { placeOf } from '../fields.ts';
import { distance } from '../geo/position.ts';
import { middle, moveTo } from './chart.ts';

/** How near a place is looked at that somebody has named. */
export const NEAR_ZOOM = 16;

/** Moves the map when somebody else has named a place. */
export function followFields(form: HTMLFormElement | null, map: OlMap): void {
  form?.addEventListener('change', (event) => {
    const { name } = event.target as HTMLInputElement;
    const named = name === 'lon' || name === 'lat' ? placeOf(form) : null;
    // What the map has told the form itself moves nothing.
    if (named && distance(named, middle(map)) > 1) moveTo(map, named, Math.max(NEAR_ZOOM, map.getView().getZoom() ?? 0));
  });
}
