import type { Position } from './geo/position.ts';

const field = (form: HTMLFormElement | null, name: 'lon' | 'lat') => form?.querySelector<HTMLInputElement>(`[name=${name}]`) ?? null;

/** The place that a form's fields `lon` and `lat` name, if they do. */
export function placeOf(form: HTMLFormElement | null): Position | null {
  const [lon, lat] = [field(form, 'lon')?.value, field(form, 'lat')?.value];
  const named = lon && lat ? ([Number(lon), Number(lat)] as const) : null;
  return named && named.every(Number.isFinite) && Math.abs(named[1]) < 85 ? named : null;
}

/** Fills the fields, telling the form once that both have changed. */
export function fillPlace(form: HTMLFormElement | null, [lon, lat]: Position): void {
  const [first, second] = [field(form, 'lon'), field(form, 'lat')];
  if (!first || !second) return;
  const before = [first.value, second.value];
  first.value = String(lon);
  second.value = String(lat);
  if (before[0] !== first.value || before[1] !== second.value) second.dispatchEvent(new Event('change', { bubbles: true }));
}

/** The fields name no place any more. */
export function emptyPlace(form: HTMLFormElement | null): void {
  for (const name of ['lon', 'lat'] as const) {
    const one = field(form, name);
    if (one) one.value = '';
  }
}

/** What the fields name was set on a map: no address that was looked up, and none of a list, is meant any more. */
export function leaveAddress(form: HTMLFormElement | null): void {
  const asked = form?.querySelector<HTMLInputElement>('[name=asked]');
  if (asked) asked.value = '';
  for (const one of form?.querySelectorAll<HTMLInputElement>('[name=place]:checked') ?? []) one.checked = false;
}
